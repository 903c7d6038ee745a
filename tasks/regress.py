"""Looking back: starts of now against an earlier programme's, twice before it is believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.compare import start_of
from tasks.domain import signals
from tasks.domain.verification.experiments.plans import Arm
from tasks.domain.verification.regressions.judging import Lookback, suspects
from tasks.domain.verification.regressions.looks import TooFewError
from tasks.domain.verification.regressions.records import planned
from tasks.domain.verification.regressions.watches import PLAN, Budget, Former, watch_for
from tasks.experiments import Series, collect
from tasks.interruption import reason_of, undisturbed
from tasks.steps import effect
from tasks.tools import earlier
from tasks.tools.engine import connected
from tasks.tools.errors import ToolError
from tasks.tools.ledger import triggers
from tasks.tools.ledger.database import Ledger
from tasks.tools.live.bench import bench, limit_of
from tasks.tools.live.conditions import conditions
from tasks.tools.live.sampling import Place
from tasks.tools.settings import settings_beside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.outcomes import Measured
    from tasks.domain.runs import Job, Run
    from tasks.domain.settings import Settings
    from tasks.domain.verification.confirmations import Noise
    from tasks.domain.verification.experiments.judgement import Sample
    from tasks.domain.verification.regressions.watches import Watch


@effect("plan how starts of {job.name} are compared with earlier ones")
def look_back(run: Run, job: Job, measured: Measured) -> Lookback:
    """Find the earlier starts, and write both looks down before the first start of now."""
    if measured.obstacle or measured.start is None:
        return Lookback(reason=measured.obstacle)
    try:
        with connected() as engine:
            former, settings = _former(job, conditions(engine))
    except ToolError as error:
        return Lookback(reason=reason_of(error))
    if former.reason:
        return Lookback(reason=former.reason)
    budget = _budget(settings.alarms)
    try:
        watch = watch_for(former, settings.margins, budget, quick=job.quick)
    except TooFewError as error:
        return Lookback(reason=str(error))
    _series(watch).announce(Ledger.here(), run)
    return Lookback(watch)


@effect("look again at what {job.name} needs to start")
def look_again(
    run: Run, job: Job, measured: Measured, lookback: Lookback, noise: Noise
) -> Lookback:
    """Where the first look raises a suspicion, start the platform anew as often as was planned."""
    found = replace(lookback, now=noise.samples, reason=lookback.reason or noise.reason)
    watch = found.watch
    if watch is None or measured.start is None or not watch.second:
        return found
    if len(found.now) < watch.first or not suspects(watch, found.now):
        return found
    limit = limit_of(measured.start.total)
    try:
        with bench(run, job.source, job.entry, measured.unheard) as made, undisturbed(run):

            def take(position: int) -> Sample:
                return start_of(made, made.ready, Place(PLAN, position, Arm.BEFORE), limit)

            again = collect(Ledger.here(), run, _series(watch), take)
    except ToolError as error:
        return replace(found, obstacle=reason_of(error))
    return replace(found, again=tuple(again))


@effect("raise what became worse")
def raise_regressions(run: Run, lookback: Lookback) -> None:
    """Stop the run at its next step where a regression is confirmed; it stops once for it."""
    for each in signals.regressions(lookback):
        triggers.raise_trigger(Ledger.here(), run.id, each)


def _former(job: Job, here: Mapping[str, object]) -> tuple[Former, Settings]:
    settings, file = settings_beside([Path(job.source)])
    if settings.performance_baseline and file is not None:
        folder = file.parent / settings.performance_baseline
        return earlier.from_bundle(folder, job.entry, here), settings
    return earlier.from_ledger(Ledger.here(), job, here), settings


def _series(watch: Watch) -> Series:
    return Series(PLAN, watch.second, {"watch": planned(watch)})


def _budget(alarms: Mapping[str, float]) -> Budget:
    usual = Budget()
    return Budget(
        alarms.get("false-alarms", usual.alarms), alarms.get("programmes", usual.programmes)
    )
