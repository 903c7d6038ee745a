"""One run from its beginning to its end, and every way that it does not get there."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from prefect.exceptions import Abort

from flows.conduct import CellsFailedError
from flows.optimise import optimise
from flows.programme import programme
from flows.theory import theory
from tasks import interruption, ownership
from tasks.domain.exits import Exit
from tasks.domain.runs import RunState
from tasks.ownership import Request, identify
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger import cells, runs
from tasks.tools.ledger.cells import CellEvent
from tasks.tools.ledger.leases import HeldError, Lease, holder
from tests.flows.done import done

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasks.domain.runs import Job
    from tasks.tools.ledger.database import Ledger

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def run() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def _interrupted() -> Iterator[None]:
    interruption.ask()
    yield
    interruption.forget()


def _state(ledger: Ledger, run: str) -> RunState:
    record = runs.find(ledger, run)
    assert record is not None
    return record.state


def test_a_finished_run_owns_its_platform_no_longer(ledger: Ledger, shop: Path, run: str) -> None:
    theory(str(shop), run=run)

    assert _state(ledger, run) is RunState.FINISHED
    owner = holder(ledger, identify(str(shop), "").platform)
    assert owner is not None
    assert (owner.run, owner.alive) == (run, False)


def test_a_platform_that_another_run_owns_is_refused_and_no_run_is_left_behind(
    ledger: Ledger, shop: Path, run: str
) -> None:
    lease = Lease.take(ledger, identify(str(shop), "").platform, "the-other")

    with pytest.raises(HeldError) as caught:
        theory(str(shop), run=run)

    lease.release()
    assert caught.value.run == "the-other"
    assert runs.find(ledger, run) is None


@pytest.fixture
def owner_of_run(ledger: Ledger, shop: Path, run: str) -> Iterator[Job]:
    """Own the platform as another attempt of the same run does, while that is at work."""
    with ownership.owned(ledger, Request(platform=str(shop), run=run), "") as job:
        yield job


@pytest.mark.parametrize(
    ("deployment", "outcome"), [(str(uuid.uuid4()), Abort), ("", HeldError)], ids=["worker", "here"]
)
def test_an_attempt_steps_aside_for_another_one_of_its_own_run(
    ledger: Ledger,
    owner_of_run: Job,
    deployment: str,
    outcome: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ownership, "FORMER_SELF", timedelta(seconds=1))
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", deployment)
    mine = owner_of_run.run

    with pytest.raises(outcome):
        theory(owner_of_run.source, run=mine.id)

    assert _state(ledger, mine.id) is RunState.OPEN
    owner = holder(ledger, mine.platform)
    assert owner is not None
    assert (owner.run, owner.epoch, owner.alive) == (mine.id, mine.epoch, True)


def test_a_failed_cell_leaves_the_run_open_and_the_cured_one_goes_on(
    ledger: Ledger, shop: Path, tmp_path: Path, run: str
) -> None:
    (obstacle := tmp_path / "taken").write_text("a file where the folder should be made")

    with pytest.raises(CellsFailedError) as caught:
        optimise(str(shop), run=run, quick=True, out=str(obstacle / "bundle"))

    assert caught.value.cells == ("optimise/training",)
    assert "optimise/training failed" in str(caught.value)
    assert _state(ledger, run) is RunState.OPEN
    noted = runs.find(ledger, run)
    assert noted is not None
    assert noted.outcome["exit"] == Exit.USAGE  # the place is the user's to mend, no fault of ours
    assert str(obstacle) in noted.outcome["reasons"][-1]
    obstacle.unlink()
    outcome = optimise(str(shop), run=run, quick=True, out=str(obstacle / "bundle"))
    assert "optimise/training" in done(outcome)
    assert _state(ledger, run) is RunState.FINISHED


@pytest.mark.usefixtures("_interrupted")
def test_an_interrupted_run_stays_open_and_ends_as_ctrl_c_does(
    ledger: Ledger, shop: Path, run: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        theory(str(shop), run=run)

    assert _state(ledger, run) is RunState.OPEN
    interruption.forget()
    assert done(theory(str(shop), run=run)) == {"theory/distributed"}


def test_a_folder_without_a_platform_is_said_and_begins_no_run(
    ledger: Ledger, tmp_path: Path, run: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/notes.txt").write_text("Nothing runs here.\n")

    with pytest.raises(Exception, match="No platform definition found"):
        theory(str(tmp_path / "empty"), run=run)

    assert runs.find(ledger, run) is None


def test_a_workstream_that_fails_for_good_stops_no_other_and_cured_only_its_part_runs_again(
    ledger: Ledger, shop: Path, tmp_path: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(platform: object) -> None:
        what = "The graph of this platform cannot be analysed."
        raise PermanentToolError(what, "Mend it.")

    told: dict[str, Any] = {
        "run": run,
        "quick": True,
        "recompute": True,
        "out": str(tmp_path / "bundle"),
    }
    with monkeypatch.context() as patch:
        patch.setattr("tasks.theory.analyse", refuse)
        with pytest.raises(CellsFailedError) as caught:
            programme(str(shop), **told)
    first = [(e.cell, e.event) for e in cells.events(ledger, run)]
    missing = _index(tmp_path)["not_assessed"]
    outcome = programme(str(shop), **told)
    second = [(e.cell, e.event) for e in cells.events(ledger, run)][len(first) :]

    assert caught.value.cells == ("theory/distributed",)
    depends = {"verify/integration", "optimise/harden", "optimise/training"}
    finished = {cell for cell, event in first if event is CellEvent.FINISHED}
    assert finished == {"build/security", *depends}  # all others, with what there was
    (named,) = [each for each in missing if each["what"] == "theory/distributed"]
    assert "did not finish" in named["reason"]
    entered = {cell for cell, event in second if event is CellEvent.ENTERED}
    passed = {cell for cell, event in second if event is CellEvent.PASSED}
    assert entered == {"theory/distributed", *depends}
    assert passed == {"build/security"}
    assert done(outcome) == {"theory/distributed", "build/security", *depends}
    assert "theory/distributed" not in {e["what"] for e in _index(tmp_path)["not_assessed"]}


def _index(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "bundle/bundle.json").read_text())
    return found
