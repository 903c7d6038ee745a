from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks import interruption
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger.database import StaleLeaseError

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

    interruption.stop_if_asked()  # raises while somebody wants it

    assert not interruption.asked()


def test_what_the_outside_refuses_is_a_reason_and_what_ends_the_run_is_not() -> None:
    refused = PermanentToolError("Docker Compose refuses it.", "Correct it.")

    assert interruption.reason_of(refused) == "Docker Compose refuses it. Correct it."
    for error in (interruption.InterruptionError("x"), StaleLeaseError("y")):
        with pytest.raises(type(error)):
            interruption.reason_of(error)
