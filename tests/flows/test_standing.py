"""Which finished cells are still worth something, and why others are not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows.cells import BUILT, cell_flow, inputs_digest
from flows.standing import CLOSING, inputs_parts, standings
from tasks import outcomes
from tasks.domain.impact import Standing
from tasks.domain.settling import ancestors
from tasks.tools.ledger import cells, runs
from tasks.tools.ledger.cells import Completion
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.domain.runs import Job
    from tasks.tools.ledger.database import Ledger

FLOWS = {cell: cell_flow(cell) for cell in BUILT}
SECURITY, HARDEN = "build/security", "optimise/harden"


def finish(ledger: Ledger, job: Job, *names: str) -> None:
    """Record cells as finished on what there is now."""
    given: dict[str, str] = {}
    for name in names:
        parts = inputs_parts(FLOWS[name], name, job, given, ancestors(BUILT, name))
        given[name] = outcomes.keep(name, name)
        digest = inputs_digest(name, job, given, ancestors(BUILT, name))
        cells.complete(ledger, job.run, Completion(name, digest, given[name], 2.0, 1.0, parts))


def told(ledger: Ledger, job: Job) -> dict[str, tuple[Standing, tuple[str, ...]]]:
    return {each.cell: (each.standing, each.changed) for each in standings(ledger, job, FLOWS)}


def test_a_finished_cell_is_valid_until_something_that_it_was_made_from_changes(
    ledger: Ledger, shop_job: Job
) -> None:
    finish(ledger, shop_job, "theory/distributed", SECURITY)

    now = told(ledger, shop_job)
    later = told(ledger, replace(shop_job, content="other files"))

    assert now[SECURITY] == (Standing.VALID, ())
    assert now[HARDEN] == (Standing.OPEN, ())
    assert later[SECURITY] == (Standing.STALE, ("content",))


def test_whoever_stands_on_a_stale_cell_is_stale_for_this_reason(
    ledger: Ledger, shop_job: Job, prefect: Path
) -> None:
    finish(ledger, shop_job, SECURITY, "verify/integration")
    for path in prefect.glob("outcome-build-security-*"):
        path.unlink()

    now = told(ledger, shop_job)

    assert now[SECURITY] == (Standing.STALE, ("outcome",))
    assert now["verify/integration"] == (Standing.STALE, ("given",))


def test_decisions_belong_to_what_the_hand_over_is_made_from_and_to_no_other_cell(
    shop_job: Job,
) -> None:
    decided = replace(shop_job, decided="abc")

    for cell, flow in FLOWS.items():
        before, after = (inputs_parts(flow, cell, job, {}, ()) for job in (shop_job, decided))
        assert (before != after) is (cell == CLOSING)


@pytest.mark.parametrize("measured", [True, False])
def test_what_an_unfinished_cell_takes_is_told_from_earlier_runs_of_the_platform(
    ledger: Ledger, shop_job: Job, measured: bool
) -> None:
    if measured:
        run = shop_job.run
        runs.begin(ledger, RunRecord(run.id, run.platform, "night", "", "/shop", "entry"))
        finish(ledger, shop_job, SECURITY)
    later = replace(shop_job, run=replace(shop_job.run, id="another"))

    (one,) = (each for each in standings(ledger, later, FLOWS) if each.cell == SECURITY)

    assert one.standing is Standing.OPEN
    assert one.seconds == (2.0 if measured else None)
