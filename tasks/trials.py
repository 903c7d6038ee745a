"""Trying changes on a copy: which of them it lives with, as a step that goes on after a kill."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.candidates import CHANCY_KINDS
from tasks.domain.canonical import digest, plain
from tasks.domain.conflicts import combine, files_with
from tasks.domain.verification.copies import needed
from tasks.domain.verification.sieves import round_of
from tasks.domain.verification.trials import Tried
from tasks.interruption import reason_of, stop_if_asked
from tasks.steps import effect
from tasks.tools.errors import ToolError
from tasks.tools.ledger import plans
from tasks.tools.ledger.database import Ledger
from tasks.tools.live.bench import bench, limit_of
from tasks.tools.live.trying import outcome
from tasks.tools.live.variants import changed, reach

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.outcomes import Measured
    from tasks.domain.runs import Job, Run
    from tasks.domain.verification.sieves import Round
    from tasks.tools.live.bench import Bench

_NOT_SEEN = "it changes nothing that the copy has"
_BUILDS = "an image would have to be built, and --quick builds none"
# Kinds of change that shorten a start: tried first, because every later trial gains by it.
_QUICKENS = frozenset({"fit-health-check", "start-interval", "wait-for-health"})
# A check that tells the truth comes before all that look at it sooner.
_HONEST = "honest-check"
# Kinds that an image must be made for: tried one by one, after all others together.
_RISKY = frozenset({"drop-capabilities", "other-user", "read-only-root"})


@effect("try {job.name} with its changes on a copy")
def try_changes(
    run: Run,
    job: Job,
    candidates: tuple[Candidate, ...],
    findings: tuple[Finding, ...],
    measured: Measured,
) -> Tried:
    """Find out which changes a copy lives with, by few starts that try several each."""
    before = {each.question.name: each.passed for each in measured.answers}
    stopped = dict.fromkeys(before, False) | dict.fromkeys(measured.worthless, True)
    told = Tried(before, stopped)
    if measured.obstacle or measured.start is None:
        return replace(told, reason=measured.obstacle)
    try:
        with bench(run, job.source, job.entry, measured.unheard) as made:
            trial = _Trial(made, candidates, findings, measured)
            touches, beyond = trial.reach(quick=job.quick)
            told = replace(
                told,
                touches=touches,
                leans=needed(made.ready.copy.definition.get("services", {})),
                risky=tuple(n for n in touches if trial.candidates[n].kind in _RISKY),
                chancy=tuple(n for n in touches if trial.candidates[n].kind in CHANCY_KINDS),
                beyond=beyond,
            )
            return replace(told, rounds=tuple(trial.carry_out(told)))
    except ToolError as error:
        return replace(Tried(before, stopped), reason=reason_of(error))


class _Trial:
    def __init__(
        self,
        made: Bench,
        candidates: Iterable[Candidate],
        findings: tuple[Finding, ...],
        measured: Measured,
    ) -> None:
        self.bench, self.findings, self.complaints = made, findings, measured.complaints
        self.limit = limit_of(measured.start.total if measured.start else 0.0)
        self.candidates = {each.id: each for each in candidates}

    def files(self, names: Iterable[str]) -> dict[str, bytes]:
        chosen = [self.candidates[name] for name in names]
        return files_with(chosen, self.findings, self.bench.ready.source)

    def reach(self, *, quick: bool) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        """Say which services each change reaches, and why others reach none."""
        every, source = self.candidates.values(), self.bench.ready.source
        combined = combine(every, self.findings, source, recipes=True)
        beyond = dict(combined.left_out)
        touches: dict[str, tuple[str, ...]] = {}
        for name in sorted(combined.order, key=self._turn):
            stop_if_asked(self.bench.run)
            files, ready, engine = self.files([name]), self.bench.ready, self.bench.engine
            found = reach(engine, ready, files)
            if not found.services:
                beyond[name] = _NOT_SEEN
            elif quick and found.builds:
                beyond[name] = _BUILDS
            else:
                touches[name] = tuple(sorted(found.services))
        return touches, beyond

    def carry_out(self, told: Tried) -> list[Round]:
        """Start the copy again and again until each change is known; each round is committed."""
        ledger, run = Ledger.here(), self.bench.run
        plan = {
            "touches": plain(told.touches),
            "order": list(told.touches),
            "leans": plain(told.leans),
            "risky": told.risky,
            "chancy": told.chancy,
        }
        name = f"sieve-{digest(plan)[:8]}"
        plans.commit(ledger, run, name, plan)
        rounds = [round_of(each) for each in plans.samples(ledger, run.id, name)]
        while (on := replace(told, rounds=tuple(rounds)).sieve.next_on()) is not None:
            stop_if_asked(run)
            found = self._start(on, told)
            plans.add(ledger, run, name, len(rounds) + 1, plain(found))
            rounds.append(found)
        return rounds

    def _start(self, on: tuple[str, ...], told: Tried) -> Round:
        made = self.bench
        quickened = {s for name in on if self._quickens(name) for s in told.touches[name]}
        doubtful = {s for name in on if name in told.chancy for s in told.touches[name]}
        usual = {name: self.complaints.get(name, ()) for name in doubtful}
        with (
            changed(made.engine, made.ready, self.files(on)) as ready,
            made.brought_up(ready, self.limit) as standing,
        ):
            return outcome(standing, on, frozenset(quickened), usual)

    def _turn(self, name: str) -> int:
        """Say when a change is tried: what others need first, what shortens trials next."""
        kind = self.candidates[name].kind
        return (kind != _HONEST) + (kind != _HONEST and kind not in _QUICKENS)

    def _quickens(self, name: str) -> bool:
        return self.candidates[name].kind in _QUICKENS
