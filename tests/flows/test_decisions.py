"""A trigger stops a run, a person decides, and the run goes on as he said."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.programme import programme
from tasks import report
from tasks.domain.exits import Exit
from tasks.domain.interruptions import Answer, Choice, Decision, Kind, Strategy, Trigger
from tasks.domain.runs import RunState
from tasks.ownership import identify
from tasks.tools.ledger import cells, decisions, journal, runs, triggers
from tasks.tools.ledger.cells import CellEvent
from tasks.tools.ledger.decisions import DecisionNeededError
from tasks.tools.ledger.leases import HeldError, Lease, holder
from tests.flows.done import done

if TYPE_CHECKING:
    from tasks.domain.settling import Settled
    from tasks.tools.ledger.database import Ledger

pytestmark = pytest.mark.timeout(300)
COMPOSE = """\
services:
  web:
    image: nginx
    ports: ["80:80"]
    depends_on: [db]
  db:
    image: postgres:9.6
    privileged: true
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Write a platform of two services: what is required here does not grow with its size."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/compose.yaml").write_text(COMPOSE)
    return tmp_path / "shop"


@pytest.fixture
def run() -> str:
    return str(uuid.uuid4())


def after_the_first_cell(
    monkeypatch: pytest.MonkeyPatch, ledger: Ledger, run: str, trigger: Trigger
) -> None:
    """Raise ``trigger`` while the programme works, when its first cell has settled."""
    told = report.Board.tell

    def tell(self: report.Board, settled: Settled, share: float) -> None:
        triggers.raise_trigger(ledger, run, trigger)
        told(self, settled, share)

    monkeypatch.setattr(report.Board, "tell", tell)


def stopped(
    ledger: Ledger, shop: Path, run: str, monkeypatch: pytest.MonkeyPatch, **told: Any
) -> Decision:
    """Run the programme until it asks, and return what it asks."""
    trigger = Trigger(told.pop("kind", Kind.MARKET), "by hand 1", "a rival ships", "kim", "command")
    with monkeypatch.context() as patch:
        after_the_first_cell(patch, ledger, run, trigger)
        with pytest.raises(DecisionNeededError, match=f"cmi decide {run}"):
            programme(str(shop), run=run, quick=True, recompute=True, **told)
    (asked,) = decisions.waiting(ledger, run)
    return asked


def test_a_stopped_run_keeps_its_platform_and_what_it_finished_and_asks(
    ledger: Ledger, shop: Path, run: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = stopped(ledger, shop, run, monkeypatch)

    owner = holder(ledger, identify(str(shop), "").platform)
    assert owner is not None
    assert (owner.run, owner.alive, owner.suspended) == (run, False, True)
    with pytest.raises(HeldError):
        Lease.take(ledger, owner_platform(shop), "another run")
    told = {each["cell"]: each["standing"] for each in asked.question["cells"]}
    finished = set(cells.completions(ledger, run))  # whichever was first
    assert finished
    assert {cell for cell, standing in told.items() if standing == "valid"} == finished
    assert told["optimise/training"] == "open"
    assert asked.question["strategies"][0] == "assess-impact"
    reports = list((tmp_path / "state/impact" / run).glob("*.md"))
    assert {path.suffixes[0] for path in reports} == {".en", ".zh"}
    assert all("a rival ships" in path.read_text(encoding="utf-8") for path in reports)


def owner_platform(shop: Path) -> str:
    return identify(str(shop), "").platform


def test_a_run_that_waits_takes_no_step_however_often_it_is_begun_again(
    ledger: Ledger, shop: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(ledger, shop, run, monkeypatch)
    before = journal.lines(ledger, run)

    for _ in range(2):
        with pytest.raises(DecisionNeededError):
            programme(str(shop), run=run, quick=True, recompute=True)

    assert journal.lines(ledger, run) == before
    assert len(decisions.of_run(ledger, run)) == 1


def test_resumed_it_finishes_without_doing_anything_twice_and_reports_who_decided(
    ledger: Ledger, shop: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = stopped(ledger, shop, run, monkeypatch)
    finished = set(cells.completions(ledger, run))
    answer = Answer(Choice.RESUME, "kim", "we go on", (Strategy.COMMUNICATE,))
    decisions.answer(ledger, run, asked.gate, answer)

    outcome = programme(str(shop), run=run, quick=True, recompute=True)

    assert outcome["exit"] == Exit.DONE
    bodies = Counter(e.key for e in journal.lines(ledger, run) if e.event == "committed")
    assert set(bodies.values()) == {1}
    passed = [e.cell for e in cells.events(ledger, run) if e.event is CellEvent.PASSED]
    assert finished <= set(passed)
    (told,) = json.loads((Path(outcome["bundle"]) / "bundle.json").read_text())["decisions"]
    assert (told["answer"]["by"], told["answer"]["reason"]) == ("kim", "we go on")
    for language in ("en", "zh"):
        report_text = (Path(outcome["bundle"]) / f"report.{language}.html").read_text()
        assert "we go on" in report_text
        assert "a rival ships" in report_text


def test_stopped_for_good_it_leaves_a_whole_bundle_that_lists_what_is_missing(
    ledger: Ledger, shop: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = stopped(ledger, shop, run, monkeypatch)
    finished = {cell for cell, _ in cells.completions(ledger, run).items()}
    decisions.answer(ledger, run, asked.gate, Answer(Choice.STOP, "kim", "no money left"))

    outcome = programme(str(shop), run=run, quick=True, recompute=True)

    assert outcome["exit"] == Exit.GATE
    assert done(outcome) == finished | {"optimise/training"}
    record = runs.find(ledger, run)
    assert record is not None
    assert record.state is RunState.FINISHED
    index = json.loads((Path(outcome["bundle"]) / "bundle.json").read_text())
    missing = {each["what"]: each["reason"] for each in index["not_assessed"]}
    left = {"build/security", "verify/integration", "optimise/harden"} - finished
    assert left
    assert all("no money left" in missing[cell] for cell in left)


def test_a_new_plan_leaves_a_workstream_out_and_says_so(
    ledger: Ledger, shop: Path, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = stopped(ledger, shop, run, monkeypatch, kind=Kind.COST)
    answer = Answer(
        Choice.REPLAN, "kim", "too dear", (Strategy.ADJUST_PLAN,), without=("verification",)
    )
    decisions.answer(ledger, run, asked.gate, answer)

    outcome = programme(str(shop), run=run, quick=True, recompute=True)

    states = {each["cell"]: each for each in outcome["cells"]}
    assert states["verify/integration"]["state"] == "not assessed"
    assert "too dear" in states["verify/integration"]["reason"]
    assert "optimise/harden" in done(outcome)
