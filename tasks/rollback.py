"""Rolling back: from the changed platform to the one before, in its place and with its data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.assess import assess
from tasks.domain.conflicts import combine
from tasks.domain.verification import misfits, startup
from tasks.domain.verification.experiments.plans import Arm
from tasks.domain.verification.gate import Findings, Rollback
from tasks.domain.verification.trials import Compared, Returned
from tasks.interruption import reason_of, stop_if_asked, undisturbed
from tasks.soak import planned, soaked
from tasks.steps import effect
from tasks.tools.errors import PermanentToolError, ToolError
from tasks.tools.live.bench import bench, limit_of
from tasks.tools.live.soaking import soak
from tasks.tools.live.turning import state, turn
from tasks.tools.live.variants import changed
from tasks.tools.platforms import read_platform
from tasks.tools.roundtrip import applied, changed_source, undone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.outcomes import Measured
    from tasks.domain.platform.model import Platform
    from tasks.domain.runs import Job, Run
    from tasks.domain.verification.experiments.judgement import Sample
    from tasks.domain.verification.soaks import Soak
    from tasks.tools.live.bench import Bench

_NOTHING = "nothing was compared, so there is nothing to go back from"


@effect("go back from the changes of {job.name}")
def go_back(  # noqa: PLR0913, PLR0917  # each is another cell's outcome
    run: Run,
    job: Job,
    platform: Platform,
    candidates: tuple[Candidate, ...],
    findings: tuple[Finding, ...],
    measured: Measured,
    compared: Compared,
) -> Returned:
    """Apply the set, undo it on the running copy, and compare with how it was at first.

    Where the set fits sizes, the copy bears their load once more before it is undone.
    """
    if compared.trial is None or measured.start is None:
        return Returned(reason=compared.reason or _NOTHING)
    members = set(compared.trial.plan.candidates)
    chosen = [each for each in candidates if each.id in members]
    limit = limit_of(measured.start.total)
    try:
        with bench(run, job.source, job.entry, measured.unheard) as made:
            source = made.ready.source
            combined = combine(chosen, findings, source, recipes=True)
            before = {f: source.files[f] for f in sorted({e.file for e in combined.edits})}
            after = applied(combined, before)
            again = read_platform(changed_source(source, after), platform.entry)
            plan = planned(chosen, measured, made.ready.request.settings.margins)
            ways = _Ways(after, undone(combined, after), limit)
            live, probes, bore = _on_the_copy(made, ways, sorted(members), plan)
    except ToolError as error:
        return Returned(reason=reason_of(error))
    after_it = (
        *startup.foregone(assess(again), chosen, findings),
        *startup.still_there(findings, _with_changes(compared)),
        *misfits.still_there(findings, again, measured.uses, bore),
    )
    seen = Findings(_severities(findings), _severities(after_it))
    at_first = _files(before) | _state_before(compared)
    return Returned(Rollback(at_first, _files(ways.undone) | live, probes), seen, bore)


@dataclass(frozen=True, slots=True)
class _Ways:
    """The files there and back again, and how long a start may take."""

    after: Mapping[str, bytes]
    undone: Mapping[str, bytes]
    limit: timedelta


def _on_the_copy(
    made: Bench, ways: _Ways, members: Sequence[str], plan: Soak | None
) -> tuple[dict[str, str], dict[str, bool], Soak | None]:
    """Start the changed copy, undo the change while it runs.

    Return its state, its probes, and how it bore the load before, where that was planned.
    """
    with (
        changed(made.engine, made.ready, ways.after) as ready,
        made.brought_up(ready, ways.limit) as standing,
        changed(made.engine, made.ready, ways.undone, beside="") as former,
    ):

        def take(wanted: Soak) -> Soak:
            with undisturbed(made.run):
                return soak(standing, wanted, between=lambda: stop_if_asked(made.run))

        bore = soaked(made.run, members, plan, take)
        answers = turn(made.engine, former, ways.limit)
        return (
            state(made.engine, standing.key),
            {each.question.name: each.passed for each in answers},
            bore,
        )


def _state_before(compared: Compared) -> dict[str, str]:
    """Give the engine's state as the last start of the platform as it is showed it."""
    samples = compared.trial.samples if compared.trial else ()
    former = [each for each in samples if each.arm is Arm.BEFORE and each.raw.get("whole")]
    if not former:
        what = "No start of the platform as it is came to its end."
        raise PermanentToolError(what, "Look at the machine's load.")
    found: Any = former[-1].raw["state"]
    return dict(found)


def _with_changes(compared: Compared) -> list[Sample]:
    samples = compared.trial.samples if compared.trial else ()
    return [each for each in samples if each.arm is Arm.AFTER]


def _files(files: Mapping[str, bytes]) -> dict[str, str]:
    return {f"file {name}": hashlib.sha256(data).hexdigest() for name, data in files.items()}


def _severities(findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {each.id: each.severity for each in findings}
