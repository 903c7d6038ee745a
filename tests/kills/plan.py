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
_EARLY = 6
_KILLED = {"flow process", "worker", "server", "database", "everything"}


@dataclass(frozen=True)
class Size:
    """How much of each: points of the chains (None: all), and rounds of single faults."""

    services: int
    workers: int
    polite: int
    whole: int | None
    rounds: int


FULL = Size(services=12, workers=15, polite=20, whole=None, rounds=3)


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
        singles = list(self._singles())
        yield from (single for single in singles[:_EARLY] if single.fault not in _KILLED)
        yield self._chain("every point", FLOW), self._some("every point", first, size.whole)
        second = second_chain(self._known)
        yield self._chain("every commit", FLOW), self._some("every commit", second, size.whole)
        yield self._chain("polite", POLITE), self._some("polite", first, size.polite)
        yield from singles

    def _chain(self, name: str, strikes: Sequence[str], *, worker: bool = False) -> Chain:
        return Chain(self._site, self._record, name, strikes, worker=worker)

    def _some(self, name: str, known: Sequence[Trap], number: int | None) -> tuple[Trap, ...]:
        return some(f"{self._seed} {name}", known, len(known) if number is None else number)

    def _singles(self) -> Iterator[Single]:
        """Yield independent faults, each in a run of its own, at seeded places."""
        chance = random.Random(f"{self._seed} singles")
        starts = [t for t in self._known if t.held and t.mark.endswith("started")]
        ends = [t for t in self._known if not t.held and t.mark.endswith("committed")]
        for _ in range(self._size.rounds):
            yield self._single("clock jump", chance.choice(starts), JUMPS[0])
            yield self._single("disk full", chance.choice(starts[:-1]), "result")
            yield self._single("disk full", Trap("bundle intended", held=True), "bundle")
            for way in DAMAGES:
                yield self._single("damaged file", chance.choice(ends), way)
                yield self._single("damaged file", Trap("bundle committed", held=False), way)
            for seconds in JUMPS[1:]:
                yield self._single("clock jump", chance.choice(starts), seconds)
            for strike in (*IN_A_WORKER, "SIGTERM flow process", "SIGKILL server"):
                number, _, victim = strike.partition(" ")
                yield self._single(victim, chance.choice(self._known), number)
            self._seed += 1

    def _single(self, fault: str, trap: Trap, detail: str) -> Single:
        return Single(fault, trap, detail, self._seed)


def some(seed: str, known: Sequence[Trap], number: int) -> tuple[Trap, ...]:
    """Pick traps by chance, in the order in which a run walks into them."""
    return tuple(sorted(random.Random(seed).sample(known, number), key=known.index))


def sample(site: Site, record: Record, seed: int) -> None:
    """Do a few of each kind: what a change is tried with, within minutes."""
    known, chance = traps(record.of("reference")[-1]["marks"]), random.Random(seed)
    first, strikes = first_chain(known), ["SIGKILL worker", "SIGKILL database", EVERYTHING]
    chance.shuffle(strikes)
    # Not near the end: the stack must have time to be repaired while the run is alive.
    early = first[: len(first) // 2]
    Chain(site, record, "worker", strikes, worker=True).go(some(f"{seed} w", early, 3), seed)
    Chain(site, record, "services", SERVICES).go(some(f"{seed} s", early, 1), seed)
    chosen = some(f"{seed} e", first, 5)
    Chain(site, record, "every point", (*FLOW, *POLITE)).go(chosen, seed)
    Chain(site, record, "every commit", FLOW).go(some(f"{seed} c", second_chain(known), 2), seed)
    starts = [t for t in known[:-20] if t.held and t.mark.endswith("started")]
    ends = [t for t in known if not t.held and t.mark.endswith("committed")]
    go(site, record, Single("disk full", chance.choice(starts), "result", seed))
    go(site, record, Single("damaged file", chance.choice(ends), chance.choice(DAMAGES), seed))
    go(site, record, Single("clock jump", chance.choice(starts), chance.choice(JUMPS), seed))
