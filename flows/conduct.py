"""One run from its beginning to its end: own the platform, read it, settle the cells, conclude."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from prefect import get_run_logger, runtime
from prefect.task_runners import ThreadPoolTaskRunner

from flows.cells import BUILT, settle
from tasks import access, attempts, interruption, outcomes, report
from tasks.domain.canonical import plain
from tasks.domain.exits import Exit, worst
from tasks.domain.platform.intake import exit_of
from tasks.domain.programme import CELLS
from tasks.domain.settling import CellState, Settled, overview
from tasks.intake import read_platform
from tasks.locating import located
from tasks.ownership import Request, owned
from tasks.tools.found import platform_of
from tasks.tools.ledger import runs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from tasks.domain.platform.intake import Intake
    from tasks.domain.runs import Job
    from tasks.tools.ledger.database import Ledger

# A cell that waits for another occupies its thread: fewer threads than cells could deadlock.
RUNNER: Any = ThreadPoolTaskRunner(max_workers=len(CELLS))
# The form in Prefect's pages offers these.
Language: TypeAlias = Literal["en", "zh"]


class CellsFailedError(Exception):
    """Cells failed; the others finished, and a retry goes on with these."""

    def __init__(self, cells: Sequence[str]) -> None:
        super().__init__(cells)
        self.cells = tuple(cells)

    def __str__(self) -> str:
        return f"{', '.join(self.cells)} failed; everything else is done. Retry goes on from there."


def conduct(request: Request, wanted: Collection[str]) -> dict[str, Any]:
    """Run the cells ``wanted`` over a platform and return the outcome that the ledger keeps.

    Raises:
        HeldError: another run owns the platform.
        CellsFailedError: not everything could be done; the run can be resumed.
        TooManyAttemptsError: resumed by the automation for the last time.
        KeyboardInterrupt: somebody wanted this process to stop; the run can be resumed.
    """
    attempts.limit()
    ledger = access.find_ledger()
    request = located(request)
    with owned(ledger, request, str(runtime.flow_run.id)) as job, _as_ctrl_c():
        intake = read_platform(job.run, job.source, job.entry, job.content)
        platform_of(intake)
        told = report.Board(request.lang).tell
        settled = settle(job, wanted, place=request.cells, told=told)
        interruption.stop_if_asked()
        outcome = _outcome(intake, settled)
        found = report.results(job, overview(BUILT, settled), outcome)
        report.publish_summary(found, request.lang)
        if request.phase:
            report.publish_documents(outcomes.documents(settled.values()), request.lang)
        _conclude(ledger, job, settled, outcome)
    return outcome


@contextmanager
def _as_ctrl_c() -> Iterator[None]:
    """Tell Prefect of an interruption as of Ctrl-C: the run is Crashed, and can go on."""
    try:
        yield
    except interruption.InterruptionError as error:
        raise KeyboardInterrupt from error


def _outcome(intake: Intake, settled: Mapping[str, Settled]) -> dict[str, Any]:
    code, reasons = exit_of(intake)
    failed = [each for each in settled.values() if each.state is CellState.FAILED]
    delivered = settled.get("optimise/training")
    done = delivered is not None and delivered.state is CellState.DONE
    bundle = outcomes.fetch(delivered.outcome) if delivered and done else None
    return {
        "exit": int(worst(code, *(Exit(each.exit) for each in failed))),
        "reasons": [*reasons, *(f"{each.cell} failed: {each.reason}" for each in failed)],
        "cells": plain(overview(BUILT, settled)),
        "bundle": bundle.folder if bundle else "",
        "digest": bundle.digest if bundle else "",
    }


def _conclude(
    ledger: Ledger, job: Job, settled: Mapping[str, Settled], outcome: Mapping[str, Any]
) -> None:
    failed = [each.cell for each in settled.values() if each.state is CellState.FAILED]
    if failed:
        runs.note(ledger, job.run.id, outcome)
        raise CellsFailedError(failed)
    runs.finish(ledger, job.run, outcome)
    if outcome["bundle"]:
        get_run_logger().info("The bundle is in %s.", outcome["bundle"])
