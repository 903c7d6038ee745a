"""What a matrix does, in which order: every fault early, so that a part of it tells of all."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.kills.chains import Chain
from tests.kills.faults import DAMAGES
from tests.kills.points import Trap, first_chain, second_chain, traps
from tests.kills.singles import Single, go

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.kills.record import Record
    from tests.kills.site import Site

SERVICES = (
    "SIGKILL server",
    "SIGKILL database",
    "SIGKILL everything",
    "SIGTERM server",
    "SIGTERM database",
)
POLITE_SERVICES = ("SIGTERM server", "SIGTERM database")
EVERYTHING = "SIGKILL everything"
IN_A_WORKER = (
    "SIGKILL flow process",
    "SIGKILL worker",
    "SIGTERM worker",
    "SIGKILL database",
    "SIGKILL everything",
)
FLOW, POLITE = ("SIGKILL flow process",), ("SIGTERM flow process",)
JUMPS = ("86400", "-86400", "3600")
# So many single faults of other kinds come before the long chains.
_EARLY = 5


@dataclass(frozen=True)
class Size:
    """How many points the chains with other faults have, and how many rounds of single faults."""

    services: int
    workers: int
    polite: int
    rounds: int


# The quick programme has every kind of step, cell and effect, and few of each: it comes first.
PARTS = {"quick": Size(6, 8, 10, 1), "whole": Size(12, 15, 30, 3)}


class Matrix:
    """One programme's part of it. ``stop`` ends it between two points, to go on later."""

    def __init__(self, site: Site, record: Record, seed: int) -> None:
        self._site, self._record, self._seed = site, record, seed
        self._name, self._size = site.programme, PARTS[site.programme]
        self._known = traps(record.of("reference", site.programme)[-1]["marks"])

    def go(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Do what is not done yet."""
        for what in self._steps():
            if stop():
                return
            if isinstance(what, Single):
                go(self._site, self._record, what)
            else:
                what[0].go(what[1], self._seed, stop)

    def _steps(self) -> Iterator[Any]:
        size, first = self._size, first_chain(self._known)
        second = second_chain(self._known)
        singles = list(self._singles())
        yield from (single for single in singles[:_EARLY])
        yield self._chain("worker", IN_A_WORKER, worker=True), self._some("w", first, size.workers)
        yield self._chain("every point", FLOW), first
        yield self._chain("every commit", FLOW), second
        yield self._chain("services", SERVICES), self._some("s", first, size.services)
        yield self._chain("polite", POLITE), self._some("p", first, size.polite)
        yield from singles

    def _chain(self, name: str, strikes: Sequence[str], *, worker: bool = False) -> Chain:
        named = f"{self._name}: {name}"
        return Chain(self._site, self._record, named, strikes, worker=worker)

    def _some(self, name: str, known: Sequence[Trap], number: int) -> tuple[Trap, ...]:
        return some(f"{self._seed} {name}", known, min(number, len(known)))

    def _singles(self) -> Iterator[Single]:
        """Yield independent faults, each in a run of its own, at seeded places."""
        chance = random.Random(f"{self._seed} singles")
        starts = [t for t in self._known if t.held and t.mark.endswith("started")]
        ends = [t for t in self._known if not t.held and t.mark.endswith("committed")]
        for seed in range(self._seed, self._seed + self._size.rounds):
            yield self._single(seed, "clock jump", chance.choice(starts), JUMPS[0])
            yield self._single(seed, "disk full", chance.choice(starts[:-1]), "result")
            yield self._single(seed, "disk full", Trap("bundle intended", held=True), "bundle")
            for way in DAMAGES:
                yield self._single(seed, "damaged file", chance.choice(ends), way)
                yield self._single(seed, "damaged file", Trap("bundle committed", held=False), way)
            for seconds in JUMPS[1:]:
                yield self._single(seed, "clock jump", chance.choice(starts), seconds)
            for strike in (*IN_A_WORKER, *POLITE, "SIGKILL server", *POLITE_SERVICES):
                number, _, victim = strike.partition(" ")
                yield self._single(seed, victim, chance.choice(self._known), number)

    def _single(self, seed: int, fault: str, trap: Trap, detail: str) -> Single:
        return Single(fault, trap, detail, seed, self._name)


def some(seed: str, known: Sequence[Trap], number: int) -> tuple[Trap, ...]:
    """Pick traps by chance, in the order in which a run walks into them."""
    return tuple(sorted(random.Random(seed).sample(known, number), key=known.index))


def sample(site: Site, record: Record, seed: int) -> None:
    """Do a few of each kind: what a change is tried with, within minutes."""
    known, chance = traps(record.of("reference", site.programme)[-1]["marks"]), random.Random(seed)
    first, second = first_chain(known), second_chain(known)
    starts = [t for t in known if t.held and t.mark.endswith("started")][:-1]
    ends = [t for t in known if not t.held and t.mark.endswith("committed")]
    # Not near the end: the stack must have time to be repaired while the run is alive.
    early = first[: len(first) // 2]
    chosen = [EVERYTHING, chance.choice(("SIGKILL worker", "SIGKILL database", "SIGTERM worker"))]
    Chain(site, record, "worker", chosen, worker=True).go(some(f"{seed} w", early, 2), seed)
    Chain(site, record, "services", SERVICES[:1]).go(some(f"{seed} s", early, 1), seed)
    Chain(site, record, "every point", (*FLOW, *POLITE)).go(some(f"{seed} e", first, 5), seed)
    Chain(site, record, "every commit", FLOW).go(some(f"{seed} c", second, 2), seed)
    damage = chance.choice(DAMAGES)
    for fault, trap, detail in (
        ("disk full", chance.choice(starts), "result"),
        ("damaged file", chance.choice(ends), damage),
        ("clock jump", chance.choice(starts), chance.choice(JUMPS)),
    ):
        go(site, record, Single(fault, trap, detail, seed, site.programme))
