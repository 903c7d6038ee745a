"""Carrying an experiment out: the plan first, then sample by sample, each committed.

Killed anywhere, it goes on with the next sample; what it had is never measured again. A pair
whose first sample is another process's is left out, for the reason that the plan knows.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import plain
from tasks.domain.verification.experiments.judgement import Verdict, audit, judge, sample_of
from tasks.domain.verification.experiments.plans import INTERRUPTED, PROTOCOL, arm_at
from tasks.interruption import stop_if_asked
from tasks.tools.ledger import plans

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.domain.runs import Run
    from tasks.domain.verification.experiments.judgement import Judgement, Sample
    from tasks.domain.verification.experiments.plans import Arm, Plan
    from tasks.tools.ledger.database import Ledger


def carry_out(
    ledger: Ledger,
    run: Run,
    plan: Plan,
    take: Callable[[int, Arm], Sample],
    told: Callable[[Judgement], None] = lambda _: None,
) -> Judgement:
    """Measure until the plan says that it is decided, and return the judgement.

    ``take`` measures one start of one arm; ``told`` hears what each pair made of it.

    Raises:
        PlanChangedError: the run already follows another plan of this name.
        InterruptionError: somebody wants the run to stop between two pairs.
        StaleLeaseError: another process owns the platform by now.
    """
    plans.commit(ledger, run, plan.name, plain(plan))
    samples = stored(ledger, run.id, plan.name)
    torn = len(samples) % 2 == 1
    while (found := judge(plan, samples)).verdict is Verdict.OPEN:
        if len(samples) % 2 == 0:
            stop_if_asked(run)
            told(found)
        position = len(samples) + 1
        sample = take(position, arm_at(plan, position))
        if torn:
            sample, torn = replace(sample, excluded=sample.excluded or INTERRUPTED), False
        plans.add(ledger, run, plan.name, position, plain(sample))
        samples.append(sample)
    return audit(plan, samples)


@dataclass(frozen=True, slots=True)
class Series:
    """A plan of ``count`` starts of one platform; ``told`` is what else is fixed beforehand."""

    name: str
    count: int
    told: Mapping[str, Any] = field(default_factory=dict)

    def announce(self, ledger: Ledger, run: Run) -> None:
        """Write the plan down; doing it again changes nothing.

        Raises:
            PlanChangedError: the run already follows another plan of this name.
            StaleLeaseError: another process owns the platform by now.
        """
        plan = {"name": self.name, "starts": self.count, "protocol": PROTOCOL, **self.told}
        plans.commit(ledger, run, self.name, plan)


def collect(
    ledger: Ledger, run: Run, series: Series, take: Callable[[int], Sample]
) -> list[Sample]:
    """Measure what ``series`` plans: nothing is decided, and nothing is measured twice.

    Raises:
        PlanChangedError: the run already follows another plan of this name.
        InterruptionError: somebody wants the run to stop between two starts.
        StaleLeaseError: another process owns the platform by now.
    """
    series.announce(ledger, run)
    samples = stored(ledger, run.id, series.name)
    while len(samples) < series.count:
        stop_if_asked(run)
        position = len(samples) + 1
        sample = take(position)
        plans.add(ledger, run, series.name, position, plain(sample))
        samples.append(sample)
    return samples


def stored(ledger: Ledger, run: str, name: str) -> list[Sample]:
    """Return the samples that the ledger has of a plan, in their order."""
    return [sample_of(each) for each in plans.samples(ledger, run, name)]
