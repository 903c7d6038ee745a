"""One run from its beginning to its end: own the platform, read it, settle the cells, conclude."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from prefect import get_run_logger, runtime
from prefect.exceptions import Abort
from prefect.task_runners import ThreadPoolTaskRunner

from flows.cells import BUILT, cell_flow, settle
from flows.standing import CLOSING, LIVE, left_out, standings
from tasks import access, attempts, gates, interruption, outcomes, report, watching
from tasks.domain.canonical import digest, plain
from tasks.domain.exits import Exit, worst
from tasks.domain.impact import Standing
from tasks.domain.interruptions import course_of
from tasks.domain.platform.intake import exit_of
from tasks.domain.programme import CELLS
from tasks.domain.settling import CellState, Settled, ancestors, overview, without_streams
from tasks.intake import read_platform
from tasks.locating import located
from tasks.ownership import Request, owned
from tasks.resume import code_digest
from tasks.tools.found import platform_of
from tasks.tools.ledger import decisions, runs
from tasks.tools.ledger.leases import HeldError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from prefect import Flow

    from tasks.domain.impact import CellStanding
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
        Abort: another attempt of this run is at work.
        CellsFailedError: not everything could be done; the run can be resumed.
        DecisionNeededError: a trigger stopped the run, and somebody must decide.
        TooManyAttemptsError: resumed by the automation for the last time.
        KeyboardInterrupt: somebody wanted this process to stop; the run can be resumed.
    """
    attempts.limit()
    ledger = access.find_ledger()
    request = located(request)
    with _owned(ledger, request) as told, _as_ctrl_c():
        gates.wait(ledger, told, request.lang)
        job, plan = on_course(ledger, told, request.lang)
        with _gate(ledger, job, request.lang), _watched(ledger, job, plan) as ground:
            intake = read_platform(job.run, job.source, job.entry, job.content)
            watching.look_for_news(ledger, job, platform_of(intake), ground)
            board = report.Board(request.lang)
            settled = settle(job, wanted, place=request.cells, told=board.tell)
            interruption.stop_if_asked(job.run)
        outcome = _outcome(intake, settled, job)
        found = report.results(job, overview(BUILT, settled, left_out(job)), outcome)
        report.publish_summary(found, request.lang)
        if request.phase:
            report.publish_documents(outcomes.documents(settled.values()), request.lang)
        _conclude(ledger, job, settled, outcome)
    return outcome


@contextmanager
def _owned(ledger: Ledger, request: Request) -> Iterator[Job]:
    """Own the platform; where another attempt of this very run does, leave the run to that one.

    Prefect's worker tells twice, seconds apart, that a process died, whatever became of the run
    meanwhile (PrefectHQ/prefect#13020). The second time it may call the next attempt crashed while
    that one begins, and whoever believes it schedules one more. An aborted attempt changes no
    state: the one at work has the last word.
    """
    flow_run = str(runtime.flow_run.id)
    with ExitStack() as entered:
        try:
            job = entered.enter_context(owned(ledger, request, flow_run))
        except HeldError as error:
            mine = runs.find(ledger, request.run or flow_run)
            if mine is None or mine.id != error.run or not runtime.deployment.id:
                raise
            get_run_logger().info("Another attempt of this run is at work, and goes on with it.")
            raise Abort(str(error)) from error
        yield job


@contextmanager
def _gate(ledger: Ledger, job: Job, language: str) -> Iterator[None]:
    """When a trigger stopped what was at work, ask how to go on; no cell is at work by then."""
    try:
        yield
    except interruption.StoppedError:
        gates.ask(ledger, job, standings(ledger, job, _flows(job)))
        gates.wait(ledger, job, language)
        raise  # answered within this very moment: whoever takes the run up goes on


@contextmanager
def _watched(ledger: Ledger, job: Job, plan: Sequence[CellStanding]) -> Iterator[Mapping[str, Any]]:
    """Look at costs and machine while the run works; give what this attempt stands on."""
    ground = watching.ground(
        {cell: code_digest(flow.fn.__module__) for cell, flow in _flows(job).items()}
    )
    asked = _flows(job)
    needs = {cell: ancestors(asked, cell) for cell in asked}
    with watching.watching(ledger, job, plan, needs, ground):
        yield ground


def on_course(ledger: Ledger, job: Job, language: str) -> tuple[Job, tuple[CellStanding, ...]]:
    """Put into ``job`` what was decided, and report what runs again because things changed."""
    decided = decisions.of_run(ledger, job.run.id)
    course = course_of(decided)
    left = without_streams(course.without, CLOSING)
    told = digest(plain(decided)) if decided else ""
    job = replace(job, quick=job.quick or course.quick, left=left, decided=told)
    found = standings(ledger, job, _flows(job))
    if course.stopped:
        open_ones = {each.cell for each in found if each.standing is not Standing.VALID}
        rest = sorted(open_ones - {CLOSING, *left})
        return replace(job, left=left | dict.fromkeys(rest, course.stopped)), found
    if any(each.standing is Standing.STALE for each in found):
        gates.tell_replan(job, found, language)
    return job, found


def _flows(job: Job) -> dict[str, Flow[..., Any]]:
    return {cell: cell_flow(cell) for cell in BUILT if job.live or cell not in LIVE}


@contextmanager
def _as_ctrl_c() -> Iterator[None]:
    """Tell Prefect of an interruption as of Ctrl-C: the run is Crashed, and can go on."""
    try:
        yield
    except interruption.InterruptionError as error:
        raise KeyboardInterrupt from error


def _outcome(intake: Intake, settled: Mapping[str, Settled], job: Job) -> dict[str, Any]:
    code, found = exit_of(intake)
    reasons = [*found, *sorted(set(job.left.values()))]
    code = worst(code, Exit.GATE) if job.left else code
    failed = [each for each in settled.values() if each.state is CellState.FAILED]
    delivered = settled.get("optimise/training")
    done = delivered is not None and delivered.state is CellState.DONE
    bundle = outcomes.fetch(delivered.outcome) if delivered and done else None
    return {
        "exit": int(worst(code, *(Exit(each.exit) for each in failed))),
        "reasons": [*reasons, *(f"{each.cell} failed: {each.reason}" for each in failed)],
        "cells": plain(overview(BUILT, settled, left_out(job))),
        "bundle": bundle.folder if bundle else "",
        "digest": bundle.digest if bundle else "",
    }


def _conclude(
    ledger: Ledger, job: Job, settled: Mapping[str, Settled], outcome: Mapping[str, Any]
) -> None:
    failed = [each.cell for each in settled.values() if each.state is CellState.FAILED]
    if failed:
        runs.note(ledger, job.run, outcome)
        raise CellsFailedError(failed)
    runs.finish(ledger, job.run, outcome)
    if outcome["bundle"]:
        get_run_logger().info("The bundle is in %s.", outcome["bundle"])
