"""What ends a run in the foreground becomes a sentence with the way on.

That Ctrl-C works and what goes on afterwards is tested on a whole stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployments.cli import foreground
from deployments.cli.following import RunStoppedError
from deployments.cli.foreground import in_foreground
from flows.conduct import CellsFailedError
from tasks.domain.exits import Exit
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import HeldError
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

AGAIN = "cmi run shop --foreground"
RECORD = RunRecord("front", "front", "front", "", "/shop", "compose", {"platform": "/shop"})


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url)
    runs.begin(ledger, RECORD)
    yield ledger
    ledger.engine.dispose()


def _ends_with(monkeypatch: pytest.MonkeyPatch, error: BaseException | None) -> list[Any]:
    begun: list[Any] = []

    def programme(**parameters: Any) -> None:
        begun.append(parameters)
        if error is not None:
            raise error

    monkeypatch.setattr(foreground, "programme", programme)
    return begun


def test_failed_cells_are_named_with_the_command_that_goes_on(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ends_with(monkeypatch, CellsFailedError(["build/security", "optimise/harden"]))

    with pytest.raises(RunStoppedError) as caught:
        in_foreground(ledger, RECORD, AGAIN)

    assert "build/security, optimise/harden failed" in str(caught.value)
    assert caught.value.exit is Exit.FAULT
    assert f"`{AGAIN}`" in str(caught.value)


def test_an_interrupted_run_says_how_it_goes_on(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ends_with(monkeypatch, KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt, match=f"front was interrupted. `{AGAIN}`"):
        in_foreground(ledger, RECORD, AGAIN)


def test_a_holder_keeps_its_exit_code_and_its_id(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ends_with(monkeypatch, HeldError("Run other holds this platform.", "Wait.", "other"))

    with pytest.raises(HeldError) as caught:
        in_foreground(ledger, RECORD, AGAIN)

    assert (caught.value.run, caught.value.exit) == ("other", Exit.HELD)


def test_it_goes_on_with_the_very_run_that_it_was_given(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = _ends_with(monkeypatch, None)

    assert in_foreground(ledger, RECORD, AGAIN).id == "front"
    assert begun == [{"platform": "/shop", "run": "front"}]
