"""What was tried on a copy, and what follows from it for each candidate."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tasks.domain.candidates import CandidateState, Proof, ProofState
from tasks.domain.proofs import PARTS, verdict
from tasks.domain.verification.gate import Findings, Probes, Records, Rollback, Trial, gate
from tasks.domain.verification.records import evidence_of
from tasks.domain.verification.sieves import Round, Sieve, sieve
from tasks.domain.verification.soaks import Soak, sized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.candidates import Candidate
    from tasks.domain.evidence import Evidence

_NOT_TRIED = "it was not tried on the copy"
_COMES_UP = "{}: comes up and does well"
_NOT_SO_FAR = "it did not get so far"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of each change on a copy of the platform.

    ``before`` and ``stopped`` are probes of the platform as it is, and while what each of them
    is about was stopped. ``beyond`` says of a change why the copy tells nothing of it.
    """

    before: Mapping[str, bool] = field(default_factory=dict)
    stopped: Mapping[str, bool] = field(default_factory=dict)
    touches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    leans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # services on services
    risky: tuple[str, ...] = ()
    rounds: tuple[Round, ...] = ()
    beyond: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""  # why nothing could be tried
    chancy: tuple[str, ...] = ()

    @property
    def sieve(self) -> Sieve:
        """Replay the rounds."""
        touches, leans = as_sets(self.touches), as_sets(self.leans)
        return sieve(touches, leans, self.rounds, self.risky, self.chancy)

    @property
    def kept(self) -> tuple[str, ...]:
        """Name the changes that the copy lives with, all together."""
        known = self.sieve
        return tuple(known.kept) if known.done else ()


@dataclass(frozen=True, slots=True)
class Compared:
    """The platform as it is against the changed one: an experiment, or why there is none."""

    trial: Trial | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Going back from the changed platform to the one before, or why it was not tried."""

    rollback: Rollback | None = None
    findings: Findings | None = None  # before, and with all members of the set
    soak: Soak | None = None  # of all members, where one of them fits a size
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that was tried, for one platform."""

    tried: Tried = field(default_factory=Tried)
    compared: Compared = field(default_factory=Compared)
    returned: Returned = field(default_factory=Returned)


def as_sets(lists: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Give lists as sets, as a sieve takes them."""
    return {name: frozenset(each) for name, each in lists.items()}


def judged(
    candidates: Iterable[Candidate], findings: Mapping[str, Proof], whole: Whole
) -> tuple[tuple[Candidate, ...], tuple[Evidence, ...]]:
    """Let the gate judge each candidate; return them, and what their proofs rest on.

    ``findings`` are the proofs that need no engine, by candidate: they count for whoever is no
    member of the set, and a failed one counts for everybody.
    """
    known = whole.tried.sieve
    evidence: dict[str, Evidence] = {}
    made = []
    for each in candidates:
        records = _records(each, known, whole)
        proofs = dict(gate(records).proofs)
        for part in ("finding", "probe", "rollback"):
            record = getattr(records, part)
            if record is not None and proofs[part].state is not ProofState.NOT_ASSESSED:
                both = (record, records.soak) if part == "finding" and records.sizes else (record,)
                told = {e.digest: e for e in map(evidence_of, filter(None, both))}
                evidence |= told
                proofs[part] = replace(proofs[part], evidence=tuple(told))
        alone = findings.get(each.id)
        if alone and (records.finding is None or alone.state is ProofState.FAILED):
            proofs["finding"] = alone
        made.append(_with(each, proofs))
    return tuple(made), tuple(evidence.values())


def _with(candidate: Candidate, proofs: Mapping[str, Proof]) -> Candidate:
    state = verdict({part: proof.state for part, proof in proofs.items()})
    decisive = {
        CandidateState.ACCEPTED: ProofState.PASSED,
        CandidateState.REJECTED: ProofState.FAILED,
        CandidateState.UNDECIDED: ProofState.NOT_ASSESSED,
    }[state]
    told = dict.fromkeys(proofs[part].reason for part in PARTS if proofs[part].state is decisive)
    return replace(candidate, proofs=proofs, state=state, reason="; ".join(told))


def _records(candidate: Candidate, known: Sieve, whole: Whole) -> Records:
    name, tried = candidate.id, whole.tried
    if name in known.kept and known.done:
        return _of_member(candidate, whole)
    if name in known.guilty:
        found = tried.rounds[known.guilty[name] - 1]
        reasons = dict.fromkeys(PARTS, _NOT_SO_FAR)
        probe = _of_breaker(tried, found, tried.touches[name])
        return Records(name, candidate.closes, probe=probe, reasons=reasons)
    why = known.dropped.get(name) or tried.beyond.get(name) or tried.reason or _NOT_TRIED
    return Records(name, candidate.closes, reasons=dict.fromkeys(PARTS, why))


def _of_breaker(tried: Tried, found: Round, services: tuple[str, ...]) -> Probes:
    """Compare what is asked of ``services``; whoever fails has not come up, probe or no probe."""
    mine = {p for p, service in found.asked.items() if service in services}
    asked = _probes(tried, found, mine)
    down = [_COMES_UP.format(each) for each in services if each in found.failed]
    return Probes(
        {**asked.before, **dict.fromkeys(down, True)},
        {**asked.after, **dict.fromkeys(down, False)},
        {**asked.stopped, **dict.fromkeys(down, False)},
    )


def _of_member(candidate: Candidate, whole: Whole) -> Records:
    tried, last = whole.tried, whole.tried.rounds[-1]
    trial, back = whole.compared.trial, whole.returned
    reasons = {
        "finding": back.reason or _NOT_TRIED,
        "probe": _NOT_TRIED,
        "ab": whole.compared.reason or _NOT_TRIED,
        "rollback": back.reason or _NOT_TRIED,
    }
    return Records(
        candidate.id,
        candidate.closes,
        back.findings,
        _probes(tried, last, set(last.answers)),
        trial,
        back.rollback,
        reasons,
        sized(candidate.closes, candidate.subject),
        back.soak,
    )


def _probes(tried: Tried, found: Round, names: set[str]) -> Probes:
    """Compare probes one by one; one that stays green without its service is worth nothing."""
    kept = [n for n in tried.before if n in names and not tried.stopped.get(n, True)]
    return Probes(
        {n: tried.before[n] for n in kept},
        {n: found.answers[n] for n in kept if n in found.answers},
        {n: tried.stopped[n] for n in kept},
    )
