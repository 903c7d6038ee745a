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

SERVICES = ("SIGKILL server", "SIGKILL database", "SIGKILL everything", "SIGTERM server")
IN_A_WORKER = (
    "SIGKILL flow process",
    "SIGKILL worker",
    "SIGTERM worker",
    "SIGKILL database",
    "SIGKILL everything",
)
FLOW, POLITE = ("SIGKILL flow process",), ("SIGTERM flow process",)
JUMPS = ("86400", "-86400", "3600")


@dataclass(frozen=True)
class Size:
    """How much of each: points of the chains, and single faults of each kind."""

    services: int
    workers: int
    polite: int
    whole: int  # 0: every point
    singles: int
    damages: tuple[str, ...] = DAMAGES
    jumps: tuple[str, ...] = JUMPS


FULL = Size(services=12, workers=15, polite=20, whole=0, singles=3)
SAMPLE = Size(1, 2, 1, 3, 1, ("truncated",), ("86400",))


class Matrix:
    """The whole of it over one site. ``stop`` ends it between two points, to go on later."""

    def __init__(self, site: Site, record: Record, seed: int, size: Size) -> None:
        self._site, self._record, self._seed, self._size = site, record, seed, size
        self._known = traps(record.of("reference")[-1]["marks"])

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
        yield self._chain("services", SERVICES), self._some("services", first, size.services)
        yield (
            self._chain("worker", IN_A_WORKER, worker=True),
            self._some("worker", first, size.workers),
        )
        yield from self._singles()
        yield self._chain("polite", POLITE), self._some("polite", first, size.polite)
        whole = size.whole or len(first)
        yield self._chain("every point", FLOW), self._some("every point", first, whole)
        second = second_chain(self._known)
        least = min(size.whole or len(second), len(second))
        yield self._chain("every commit", FLOW), self._some("every commit", second, least)

    def _chain(self, name: str, strikes: Sequence[str], *, worker: bool = False) -> Chain:
        return Chain(self._site, self._record, name, strikes, worker=worker)

    def _some(self, name: str, known: Sequence[Trap], number: int) -> tuple[Trap, ...]:
        chance = random.Random(f"{self._seed} {name}")
        return tuple(sorted(chance.sample(known, min(number, len(known))), key=known.index))

    def _singles(self) -> Iterator[Single]:
        """Yield independent faults, each in a run of its own, at seeded places."""
        chance = random.Random(f"{self._seed} singles")
        starts = [t for t in self._known if t.held and t.mark.endswith("started")]
        ends = [t for t in self._known if not t.held and t.mark.endswith("committed")]
        for _ in range(self._size.singles):
            yield self._single("disk full", chance.choice(starts[:-1]), "result")
            yield self._single("disk full", Trap("bundle intended", held=True), "bundle")
            for way in self._size.damages:
                yield self._single("damaged file", chance.choice(ends), way)
                yield self._single("damaged file", Trap("bundle committed", held=False), way)
            for seconds in self._size.jumps:
                yield self._single("clock jump", chance.choice(starts), seconds)
            for strike in (*IN_A_WORKER, "SIGTERM flow process", "SIGKILL server"):
                number, _, victim = strike.partition(" ")
                yield self._single(victim, chance.choice(self._known), number)
            self._seed += 1

    def _single(self, fault: str, trap: Trap, detail: str) -> Single:
        return Single(fault, trap, detail, self._seed)
