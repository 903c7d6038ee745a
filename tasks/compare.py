"""Comparing: the platform as it is against itself, then against the changed one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tasks.domain.conflicts import files_with
from tasks.domain.reporting.deliverables.performance import comparison_report, noise_report
from tasks.domain.verification.confirmations import NOISE_STARTS, Noise, plan_for
from tasks.domain.verification.experiments.plans import Arm
from tasks.domain.verification.gate import Trial
from tasks.domain.verification.trials import Compared
from tasks.experiments import Series, carry_out, collect, stored
from tasks.interruption import reason_of, undisturbed
from tasks.steps import derivation, effect
from tasks.tools.earlier import NOISE
from tasks.tools.errors import ToolError
from tasks.tools.ledger.database import Ledger
from tasks.tools.live.bench import bench, limit_of
from tasks.tools.live.sampling import Place, sample
from tasks.tools.live.usage import busy
from tasks.tools.live.variants import changed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.outcomes import Measured
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Job, Run
    from tasks.domain.verification.experiments.judgement import Judgement, Sample
    from tasks.domain.verification.regressions.judging import Lookback
    from tasks.domain.verification.trials import Tried
    from tasks.tools.live.bench import Bench
    from tasks.tools.live.copying import Ready

_NOBODY = "no change is left that the copy shows and lives with"


@effect("start {job.name} as it is, several times")
def measure_noise(run: Run, job: Job, measured: Measured) -> Noise:
    """Start the platform as it is several times: what differs by itself is noise."""
    if measured.obstacle or measured.start is None:
        return Noise(reason=measured.obstacle)
    limit = limit_of(measured.start.total)
    try:
        with bench(run, job.source, job.entry, measured.unheard) as made, undisturbed(run):

            def take(position: int) -> Sample:
                return start_of(
                    made, made.ready, Place(NOISE, position, Arm.BEFORE, full=not job.quick), limit
                )

            series = Series(NOISE, NOISE_STARTS[job.quick])
            found = collect(Ledger.here(), run, series, take)
    except ToolError as error:
        return Noise(reason=reason_of(error))
    return Noise(tuple(found))


@effect("compare {job.name} with its changes")
def compare(  # noqa: PLR0913, PLR0917  # each is another cell's outcome
    run: Run,
    job: Job,
    candidates: tuple[Candidate, ...],
    findings: tuple[Finding, ...],
    measured: Measured,
    tried: Tried,
    noise: Noise,
    told: Callable[[Judgement], None] = lambda _: None,
) -> Compared:
    """Start both platforms in turns until the plan says that it is decided.

    ``told`` hears what each pair made of it.
    """
    if not (kept := tried.kept) or measured.start is None:
        return Compared(reason=tried.reason or _NOBODY)
    chosen = [each for each in candidates if each.id in kept]
    limit = limit_of(measured.start.total)
    try:
        with bench(run, job.source, job.entry, measured.unheard) as made:
            margins = made.ready.request.settings.margins
            kinds = {each.kind for each in chosen}
            plan = plan_for(kept, noise, margins, run.id, quick=job.quick, kinds=kinds)
            files = files_with(chosen, findings, made.ready.source)
            with changed(made.engine, made.ready, files) as after, undisturbed(run):
                arms = {Arm.BEFORE: made.ready, Arm.AFTER: after}

                def take(position: int, arm: Arm) -> Sample:
                    stopped = bool(plan.beside)
                    place = Place(plan.name, position, arm, stopped, full=not job.quick)
                    return start_of(made, arms[arm], place, limit)

                carry_out(Ledger.here(), run, plan, take, told)
    except ToolError as error:
        return Compared(reason=reason_of(error))
    return Compared(Trial(plan, tuple(stored(Ledger.here(), run.id, plan.name))))


@derivation("write the performance baseline")
def report_noise(run: Run, entry: str, noise: Noise, lookback: Lookback) -> tuple[Deliverable, ...]:
    """Write what the platform as it is needs to start, how much that differs, and since when."""
    return (noise_report(entry, noise, lookback),)


@derivation("write the optimisation report")
def report_comparison(
    run: Run, entry: str, compared: Compared, noise: Noise
) -> tuple[Deliverable, ...]:
    """Write what came of the comparison, with every start."""
    return (comparison_report(entry, compared, noise),)


def start_of(made: Bench, ready: Ready, place: Place, limit: timedelta) -> Sample:
    """Start a platform from nothing as one sample, and take it away."""
    at, before = time.time(), busy()
    with made.brought_up(ready, limit) as standing:
        return sample(standing, place, before, at)
