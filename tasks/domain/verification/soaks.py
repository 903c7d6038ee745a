"""A soak: the changed copy, with all its limits on, bears the load that its sizes were made by.

Sizes follow from a watch, so the watch cannot say whether they hold. The same load is sent
again, for as long, to the copy that has them: nobody may be ended for memory, start again or
go away, no more requests may fail, and waits stay within their margin. A size that no soak
bore is never closed, whatever else was measured.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.candidates import Proof, ProofState
from tasks.domain.findings import MEASURED
from tasks.domain.verification.load.latencies import MOST_LATE_SECONDS, TAIL
from tasks.domain.verification.sizing import TooShortError, size
from tasks.domain.verification.sizings import Use

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tasks.domain.verification.load.latencies import Borne

SECONDS = 150.0  # as long as the watch
WAIT_MARGIN = 0.25  # of the wait of 99 %, where `cmi.yaml` has no `latency-p99`
# Below this nobody notices, and two runs of the same copy differ by more.
_NOTICED_SECONDS = 0.01
_MORE_ERRORS = 0.01  # of all requests
# Where a tail differs by itself by more than this, no soak can tell whether it grew.
_MOST_NOISE = 1.0
NO_SOAK = "no soak was carried out with its limits on"


@dataclass(frozen=True, slots=True)
class Waited:
    """What became of the load of one probe.

    ``tail``: seconds within which 99 % were answered; ``noise``: by which share that differs
    between two such loads, by itself.
    """

    probe: str
    service: str
    requests: int
    errors: int
    tail: float | None
    late: float
    noise: float | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """What became of a service, all its containers together; limits as the engine had them."""

    service: str
    memory_limit: int  # bytes, 0: none
    cpu_limit: float  # cores, 0: none
    peak: int  # the most memory that was seen
    killed: int  # processes that the kernel ended for memory
    restarted: int
    gone: int  # containers that ran at its beginning and not at its end
    slowed: float | None = None  # share of the periods in which it had to wait for a processor


@dataclass(frozen=True, slots=True)
class Soak:
    """A soak and what it is judged by: the same load before, and the use that made the sizes."""

    margin: float  # by how much the wait of 99 % may grow
    before: tuple[Waited, ...]
    watched: tuple[Use, ...]
    seconds: float = 0.0  # that it lasted
    boxes: tuple[Box, ...] = ()
    after: tuple[Waited, ...] = ()


def waited(borne: Borne) -> Waited:
    """Take of a load what a soak is judged by."""
    found = borne.found
    tail = found.quantiles.get(TAIL)
    return Waited(
        borne.probe,
        borne.service,
        found.requests,
        found.errors,
        tail,
        found.late,
        None if found.noise is None else round(found.noise, 4),
    )


def soak_of(document: Mapping[str, Any]) -> Soak:
    """Read a soak from its plain form.

    Raises:
        TypeError, KeyError: it is not in the shape of one.
    """
    told = dict(document)
    for name, kind in (("before", Waited), ("after", Waited), ("boxes", Box)):
        told[name] = tuple(kind(**each) for each in told[name])
    told["watched"] = tuple(
        Use(**{**each, "memory": tuple(each["memory"]), "cores": tuple(each["cores"])})
        for each in told["watched"]
    )
    return Soak(**told)


def allowed(soak: Soak, before: Waited) -> float:
    """Say by which share a wait may grow: the user's margin, or what it does by itself."""
    return max(soak.margin, before.noise or 0.0)


def sized(closes: Collection[str], subject: str) -> tuple[str, ...]:
    """Name the services whose size a change fits, by what it closes: only a soak closes that."""
    *_, check = MEASURED
    claims = any(each.rpartition("-")[0] == check for each in closes)
    return tuple(subject.split(", ")) if claims else ()


def proof_of(soak: Soak | None, services: Collection[str], least: float = SECONDS) -> Proof:
    """Judge whether a soak of ``least`` seconds bore the sizes of ``services``."""
    if soak is None:
        return Proof(ProofState.NOT_ASSESSED, NO_SOAK)
    faults = {box.service: fault for box in soak.boxes if (fault := _fault(box))}
    mine = [faults[each] for each in services if each in faults]
    mine += [why for each in services if (why := _another_size(soak, each))]
    if mine:
        return Proof(ProofState.FAILED, mine[0])
    if faults:
        # Who needs it fails with it, and nobody knows how he would have done otherwise.
        return Proof(ProofState.NOT_ASSESSED, f"under the same load, {next(iter(faults.values()))}")
    if why := _not_the_load(soak, least):
        return Proof(ProofState.NOT_ASSESSED, why)
    worse = next(_worse(soak), "")
    return Proof(ProofState.FAILED if worse else ProofState.PASSED, worse)


def _fault(box: Box) -> str:
    if box.killed:
        return f"{box.service} ran out of memory in the soak"
    if box.restarted:
        return f"{box.service} started again in the soak"
    return f"{box.service} ended in the soak" if box.gone else ""


def _another_size(soak: Soak, service: str) -> str:
    """Make the size again from its use: a copy with wider limits shows nothing of it."""
    box = next((each for each in soak.boxes if each.service == service), None)
    use = next((each for each in soak.watched if each.service == service), None)
    if box is None or use is None:
        return f"{service} was not in the soak"
    try:
        wanted = size(use.memory, use.cores)
    except TooShortError:
        return f"{service} was not watched for long enough"
    cores = wanted.cpu_limit or 0.0
    if not (0 < box.memory_limit <= wanted.memory_limit and 0 < box.cpu_limit <= cores):
        return f"{service} had other limits in the soak"
    return ""


def _not_the_load(soak: Soak, least: float) -> str:
    if soak.seconds < least:
        return f"the soak lasted {soak.seconds:.0f} seconds of {least:.0f}"
    after = {each.probe: each for each in soak.after}
    for each in soak.before:
        again = after.get(each.probe)
        if again is None or again.requests < each.requests:
            return f"the load of {each.probe} was not sent again"
        if max(each.late, again.late) > MOST_LATE_SECONDS:
            return f"the load of {each.probe} was sent late"
        if each.tail is None or again.tail is None:
            return f"too few requests of {each.probe} to tell the wait of 99 %"
        if allowed(soak, each) > max(_MOST_NOISE, soak.margin):
            return f"the wait of 99 % of {each.probe} differs too much by itself"
    return "" if soak.before else NO_SOAK


def _worse(soak: Soak) -> Iterator[str]:
    after = {each.probe: each for each in soak.after}
    for each in soak.before:
        again = after[each.probe]
        more = again.errors / again.requests - each.errors / each.requests
        if more > _MORE_ERRORS:
            yield f"more requests of {each.probe} failed in the soak"
        was, now = each.tail or 0.0, again.tail or 0.0
        if now > max(was * (1 + allowed(soak, each)), was + _NOTICED_SECONDS):
            yield f"{each.probe} answered later in the soak"
