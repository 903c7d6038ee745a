from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks import interruption

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    interruption.forget()
    yield
    interruption.forget()


def test_a_boundary_is_passed_until_somebody_asks_to_stop() -> None:
    interruption.stop_if_asked()
    interruption.ask()

    assert interruption.asked()
    with pytest.raises(interruption.InterruptionError) as stopped:
        interruption.stop_if_asked()
    assert "goes on" in str(stopped.value)


def test_a_wish_of_an_earlier_run_is_none_of_the_next() -> None:
    interruption.ask()
    interruption.forget()

    interruption.stop_if_asked()
