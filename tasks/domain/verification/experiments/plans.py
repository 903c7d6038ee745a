"""A plan: everything that could be chosen to please, fixed before the first sample.

Pairs are interleaved. In each, chance decides whether the former or the changed platform
comes first, so that drift of the host hits both alike and, when nothing differs, each sign of a
pair's difference is equally likely. The order follows from the seed alone: whoever has the
plan can tell which arm stands at which position, also after a kill.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a start is measured by: seconds until every probe was green, seconds until every health
# check said so, bytes when it was green, seconds of processors until then; where a plan asks for
# it, seconds from the wish to stop until nobody ran any more; cores that were busy for the copy
# and its health checks afterwards, while nobody asked anything; seconds until every probe was
# green again after a stop, with containers and data kept.
GREEN, HEALTHY, MEMORY, CPU, STOP = "green", "healthy", "memory", "cpu", "stop"
IDLE, WARM = "idle", "warm"
INTERRUPTED = "interrupted"  # its two samples are from two processes, and from two times
PROTOCOL = "1"  # samples taken by another protocol are no longer valid
MOST_PAIRS = 30


class Arm(StrEnum):
    """Which platform a sample was taken on."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Benefit:
    """The claim that ``measure`` shrinks by at least the share ``least`` (0.1: to 90 % or less)."""

    id: str
    measure: str
    least: float = 0.0

    @property
    def bound(self) -> float:
        """The ratio after/before that the claim stays below."""
        return 1.0 - self.least


@dataclass(frozen=True, slots=True)
class Guard:
    """The demand that ``measure`` grows by no more than the share ``margin``."""

    id: str
    measure: str
    margin: float

    @property
    def bound(self) -> float:
        """The ratio after/before that the demand stays below."""
        return 1.0 + self.margin


@dataclass(frozen=True, slots=True)
class Plan:
    """An experiment as it is written to the ledger.

    ``candidates`` stand or fall together. ``alpha`` is the family-wise error of the benefits,
    and that of accepting although a guard is broken. Benefits ``beside`` are stated where they are
    shown and hinder nothing where they are not. ``exclusions`` are the names of the
    only reasons for which a pair may be left out; they are judged without looking at the
    measures. ``chosen_on`` names the plans whose samples chose the candidates: none of
    their samples may serve here.
    """

    name: str
    candidates: tuple[str, ...]
    benefits: tuple[Benefit, ...]
    guards: tuple[Guard, ...]
    seed: str
    alpha: float = 0.05
    most_pairs: int = MOST_PAIRS
    exclusions: tuple[str, ...] = (INTERRUPTED, "foreign load", "engine restarted")
    chosen_on: tuple[str, ...] = ()
    protocol: str = PROTOCOL
    beside: tuple[Benefit, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a plan that could accept without evidence.

        Raises:
            ValueError: it has no claim, or a figure out of its range.
        """
        names = [each.id for each in self.claims]
        bounds = [each.bound for each in self.claims]
        sound = 0 < self.alpha < 1 and self.most_pairs > 0 and all(0 < b < 10 for b in bounds)  # noqa: PLR2004  # ten times worse is no margin
        # Who claims no benefit must show that no start is worse.
        asked = bool(self.benefits) or {GREEN, HEALTHY} <= {each.measure for each in self.guards}
        if not asked or len(set(names)) != len(names) or not sound:
            msg = f"The plan {self.name} claims nothing, claims it twice, or has an absurd figure."
            raise ValueError(msg)

    @property
    def claims(self) -> tuple[Benefit | Guard, ...]:
        """Everything that the samples are asked about."""
        return (*self.benefits, *self.guards, *self.beside)

    @property
    def most_samples(self) -> int:
        """How many samples it may take at most."""
        return 2 * self.most_pairs


def arm_at(plan: Plan, position: int) -> Arm:
    """Tell which arm stands at ``position``, counted from 1."""
    pair, second = divmod(position - 1, 2)
    text = f"{plan.name}\0{plan.seed}\0{pair}".encode()
    before_first = hashlib.sha256(text).digest()[0] % 2 == 0
    return Arm.BEFORE if before_first != bool(second) else Arm.AFTER


def plan_of(document: Mapping[str, Any]) -> Plan:
    """Read a plan from its plain form, as the ledger and a bundle keep it."""
    told = dict(document)
    for name in ("benefits", "beside"):
        told[name] = tuple(Benefit(**each) for each in told.get(name, ()))
    told["guards"] = tuple(Guard(**each) for each in told["guards"])
    for name in ("candidates", "exclusions", "chosen_on"):
        told[name] = tuple(told[name])
    return Plan(**told)
