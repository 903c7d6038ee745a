"""Which of many changes a copy lives with: found by a few starts, each of which tries several.

At first all are on. Where a service then fails, its changes are tried one at a time, those
of other services in the same start: a failure tells of the service's own changes, and of
those of the services that it needs, which are then told apart. What is to come follows
from the rounds so far and from nothing else, so a killed search goes on where it was.

A change that may hold by chance is chancy: with it, the whole is started several times.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

MOST_ROUNDS = 40
_CHANCES = 3  # rounds in which a change's services were out of sight before it is given up
_IN_BULK = 2  # rounds that try many at once
STEADY = 4  # starts in a row that must do well with a chancy change
UNSEEN = "its services could not be brought up to judge it"
TOO_LONG = "there was no round left to try it"


@dataclass(frozen=True, slots=True)
class Round:
    """One start: which changes were on, which services failed by themselves, which did well.

    A service that is in neither did not get to its start, because others failed.
    """

    on: tuple[str, ...]
    failed: Mapping[str, str] = field(default_factory=dict)  # by service: why
    well: tuple[str, ...] = ()
    answers: Mapping[str, bool] = field(default_factory=dict)  # by name of the probe
    asked: Mapping[str, str] = field(default_factory=dict)  # probe: the service that it is about

    @property
    def clean(self) -> bool:
        """Tell whether nothing failed."""
        return not self.failed


def round_of(document: Mapping[str, Any]) -> Round:
    """Read a round from its plain form."""
    told = {**document, "on": tuple(document["on"]), "well": tuple(document["well"])}
    return Round(**told)


@dataclass(slots=True)
class Sieve:
    """What is known after some rounds.

    ``touches`` maps each change to the services it changes, ``leans`` each service to all that
    it needs. A change is kept once its services and all who need them did well with it.
    """

    touches: Mapping[str, frozenset[str]]
    leans: Mapping[str, frozenset[str]] = field(default_factory=dict)
    risky: frozenset[str] = frozenset()
    chancy: frozenset[str] = frozenset()
    kept: list[str] = field(default_factory=list)
    dropped: dict[str, str] = field(default_factory=dict)
    guilty: dict[str, int] = field(default_factory=dict)  # change: the round that spoke against it
    done: bool = False
    _open: list[str] = field(default_factory=list)
    _alone: set[str] = field(default_factory=set)  # to be tried without others
    _wary: set[str] = field(default_factory=set)  # without changes of what its services need
    _unseen: dict[str, int] = field(default_factory=dict)
    _rounds: int = 0
    _steady: int = 0  # rounds in a row that did well with all that was kept

    def next_on(self) -> tuple[str, ...] | None:
        """Name the changes that the next start has on; None when all is known.

        At first all, then all but the ``risky`` ones, then one for each service.
        """
        if self.done:
            return None
        if self._rounds == 0:
            return tuple(self._open)
        if self._rounds == 1 and (safe := [e for e in self._open if e not in self.risky]):
            return (*self.kept, *safe)
        return (*self.kept, *self._chosen())

    def take(self, found: Round) -> None:
        """Learn from a round that was carried out as `next_on` wished."""
        self._rounds += 1
        tried = [each for each in found.on if each in self._open]
        if not self._open:
            self._together(found)
        elif self._rounds <= _IN_BULK:
            for each in tried:
                if self._vouched(each, found):
                    self._keep(each)
        else:
            self._one_each(found, tried)
        whole = not self._open and found.clean and set(found.on) == {*self.kept}
        self._steady = self._steady + 1 if whole else 0
        wanted = STEADY if self.chancy & {*self.kept} else 1
        self.done = self.done or self._steady >= wanted
        if self._rounds >= MOST_ROUNDS and not self.done:
            self._give_up()

    def _chosen(self) -> list[str]:
        """Pick open changes that cannot be taken for each other, those under suspicion first."""
        chosen: list[str] = []
        for each in sorted(self._open, key=lambda name: name not in self._wary):
            if each in self._alone:
                if not chosen:
                    return [each]
            elif not any(self._blurs(each, other) for other in chosen):
                chosen.append(each)
        return chosen

    def _blurs(self, one: str, other: str) -> bool:
        """Tell whether a failure would leave open which of two changes it speaks against."""
        if self.touches[one] & self.touches[other]:
            return True
        return (one in self._wary and self._below(one, other)) or (
            other in self._wary and self._below(other, one)
        )

    def _below(self, one: str, other: str) -> bool:
        """Tell whether a service that ``one`` changes leans on one that ``other`` changes."""
        ground = {n for service in self.touches[one] for n in self.leans.get(service, ())}
        return bool(ground & self.touches[other])

    def _vouched(self, each: str, found: Round) -> bool:
        """Tell whether the services of a change, and all who need them, did well."""
        own = self.touches[each]
        return all(s in found.well for s in own) and all(
            service in found.well for service, needs in self.leans.items() if needs & own
        )

    def _one_each(self, found: Round, tried: Sequence[str]) -> None:
        known = len(self._open)
        for service in found.failed:
            self._blame(service, found, tried)
        for each in tried:
            if each in self._open and self._vouched(each, found):
                self._keep(each)
        if len(self._open) < known or found.failed:
            return  # something was learnt
        for each in tried:
            self._not_seen(each)

    def _blame(self, service: str, found: Round, tried: Sequence[str]) -> None:
        """Drop what must have made ``service`` fail, and see that others are told apart."""
        own = [each for each in tried if service in self.touches[each]]
        leans = self.leans.get(service, frozenset())
        below = [each for each in tried if each not in own and self.touches[each] & leans]
        if own and (not below or set(own) <= self._wary):
            for each in own:
                self._drop(each, service, found)
        elif own:
            self._wary.update(own)
        else:
            several = below or list(tried)
            if len(several) == 1:
                self._drop(several[0], service, found)
            self._alone.update(several)

    def _not_seen(self, each: str) -> None:
        self._unseen[each] = self._unseen.get(each, 0) + 1
        if self._unseen[each] >= _CHANCES:
            self._open.remove(each)
            self.dropped[each] = UNSEEN

    def _together(self, found: Round) -> None:
        """All that were kept are on: whoever fails now does so with all of them."""
        if found.clean:
            return
        touching = [c for c in self.kept if self.touches[c] & set(found.failed)]
        doubtful = [c for c in touching or self.kept if c in self.chancy]
        for each in doubtful or touching or list(self.kept):
            self.kept.remove(each)
            service = next(iter(self.touches[each] & set(found.failed)), next(iter(found.failed)))
            self.dropped[each] = f"with all others on, {service}: {found.failed[service]}"
            self.guilty[each] = self._rounds
        self.done = not self.kept

    def _keep(self, each: str) -> None:
        self._open.remove(each)
        self.kept.append(each)

    def _drop(self, each: str, service: str, found: Round) -> None:
        if each in self._open:
            self._open.remove(each)
            self.dropped[each] = f"with it, {service}: {found.failed[service]}"
            self.guilty[each] = self._rounds

    def _give_up(self) -> None:
        for each in (*self._open, *self.kept):
            self.dropped[each] = TOO_LONG
        self._open.clear()
        self.kept.clear()
        self.done = True


def sieve(
    touches: Mapping[str, frozenset[str]],
    leans: Mapping[str, frozenset[str]],
    rounds: Sequence[Round] = (),
    risky: Collection[str] = (),
    chancy: Collection[str] = (),
) -> Sieve:
    """Replay ``rounds`` over the changes of ``touches``, which are tried in that order."""
    doubtful = frozenset(chancy)
    made = Sieve(
        touches,
        leans,
        frozenset(risky) | doubtful,
        doubtful,
        _open=list(touches),
        done=not touches,
    )
    for each in rounds:
        made.take(each)
    return made
