"""Scenarios: what is given, what is done, and what must hold then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Whoever only looks may look again; another method might do twice what was meant once.
HARMLESS = ("GET", "HEAD")


class Kind(StrEnum):
    """What a step does: asking steps have an answer, the others change or wait."""

    REQUEST = "request"
    RUN = "run"
    STOP = "stop"
    START = "start"
    RESTART = "restart"
    WAIT = "wait"
    STANDS = "stands"  # it runs, and its own probes pass


class Claim(StrEnum):
    """What ``then`` may say."""

    STATUS = "status"
    EXIT = "exit"
    CONTAINS = "contains"
    LACKS = "lacks"
    IS = "is"
    WITHIN = "within"
    KEPT = "kept"
    STANDS = "stands"


# These look at the text of an answer: the body of a response, the output of a command.
TEXTUAL = (Claim.CONTAINS, Claim.LACKS, Claim.IS)
# These ask again by themselves, when everything was done.
ASKING = (Claim.KEPT, Claim.STANDS)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``seconds``: of a wait, its length; of all others, how long it may take."""

    kind: Kind
    line: int
    service: str = ""
    port: int = 0  # 0: the one that the service is known to answer on
    path: str = "/"
    method: str = "GET"
    body: str = ""
    command: tuple[str, ...] = ()
    seconds: float = 10.0

    @property
    def asks(self) -> bool:
        """Tell whether it has an answer that can be looked at."""
        return self.kind in {Kind.REQUEST, Kind.RUN}

    @property
    def repeatable(self) -> bool:
        """Tell whether doing it again is meant to change nothing."""
        return self.kind is Kind.RUN or (self.kind is Kind.REQUEST and self.method in HARMLESS)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: a ``number``, a ``text``, or the answer to a step of its own."""

    claim: Claim
    line: int
    number: float = 0.0
    text: str = ""
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One promise of the platform. ``eventually``: for how long the last step is repeated."""

    name: str
    file: str
    line: int
    given: tuple[Step, ...]
    when: tuple[Step, ...]
    then: tuple[Check, ...]
    eventually: float = 0.0

    @property
    def textual(self) -> tuple[Check, ...]:
        """List the checks that look at the last answer's text."""
        return tuple(each for each in self.then if each.claim in TEXTUAL)

    @property
    def kept(self) -> tuple[Step, ...]:
        """List what is asked before everything is done, and must be answered alike afterwards."""
        return tuple(c.step for c in self.then if c.claim is Claim.KEPT and c.step)

    @property
    def asking(self) -> tuple[Step, ...]:
        """List what is asked when everything is done."""
        return tuple(c.step for c in self.then if c.claim in ASKING and c.step)

    @property
    def services(self) -> tuple[str, ...]:
        """Name every service that it is about."""
        steps = (*self.given, *self.when, *self.asking)
        return tuple(dict.fromkeys(each.service for each in steps if each.service))
