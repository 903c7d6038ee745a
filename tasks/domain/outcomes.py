"""What cells hand to each other: one value a cell, without a byte of the user's files."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field

from tasks.domain.candidates import Candidate, Proof  # noqa: TC001  # as above
from tasks.domain.findings import Finding  # noqa: TC001  # as above
from tasks.domain.interruptions import Decision  # noqa: TC001  # as above
from tasks.domain.platform.model import NotAssessed  # noqa: TC001  # as above
from tasks.domain.reporting.bundle import Combination  # as above
from tasks.domain.reporting.deliverables import Deliverable  # noqa: TC001  # as above
from tasks.domain.settling import Settled  # noqa: TC001  # as above
from tasks.domain.verification.acceptance.judging import Act  # noqa: TC001  # as above
from tasks.domain.verification.confirmations import Noise  # as above
from tasks.domain.verification.functional import Answer  # noqa: TC001  # as above
from tasks.domain.verification.load.latencies import Borne  # noqa: TC001  # as above
from tasks.domain.verification.regressions.judging import Lookback  # as above
from tasks.domain.verification.sizing import Prices  # noqa: TC001  # as above
from tasks.domain.verification.sizings import Use  # noqa: TC001  # as above
from tasks.domain.verification.starts import Moments, Start  # noqa: TC001  # as above
from tasks.domain.verification.trials import Compared, Tried, Whole  # as above

_NOT_GREEN = "the copy as it is does not answer every probe"
PROBE = "probe "  # before the name of a question that could not be put


@dataclass(frozen=True, slots=True)
class Studied:
    """Outcome of a theory cell: what it owes."""

    deliverables: tuple[Deliverable, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """Outcome of build/baseline: how the copy started and what it answers, as it is."""

    start: Start | None = None
    answers: tuple[Answer, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    worthless: tuple[str, ...] = ()  # probes that stayed green without their service
    heeds_start_interval: bool = True  # engines before version 25 drop it without a word
    uses: tuple[Use, ...] = ()  # what each service used while its probes were asked
    borne: tuple[Borne, ...] = ()  # what became of the load that `cmi.yaml` asks for
    prices: Prices | None = None  # of what is asked for, where `cmi.yaml` has them
    early: tuple[Moments, ...] = ()  # of those who wait for nobody, their checks asked at once
    # Questions that others than their service tell of, and that the platform does not answer.
    unheard: tuple[str, ...] = ()

    # By service: digests of what it complains of in its log.
    complaints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def obstacle(self) -> str:
        """Say why nothing can be tried on a copy of it; nothing when all is well."""
        if self.start is not None and all(each.passed for each in self.answers):
            return ""
        unheard = {f"{PROBE}{name}" for name in self.unheard}
        reasons = (each.reason for each in self.not_assessed if each.what not in unheard)
        return next(reasons, _NOT_GREEN)


@dataclass(frozen=True, slots=True)
class Secured:
    """Outcome of build/security: what is wrong, and what could be done about it."""

    findings: tuple[Finding, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()


def together(one: Secured, other: Secured) -> Secured:
    """Put what the files show and what a copy showed together."""
    return Secured(
        (*one.findings, *other.findings),
        (*one.candidates, *other.candidates),
        (*one.not_assessed, *other.not_assessed),
    )


@dataclass(frozen=True, slots=True)
class Tested:
    """Outcome of verify/integration: each candidate's round trip, and what could not be tried.

    ``tried`` is what came of them on a copy, where one was asked for.
    """

    proofs: Mapping[str, Proof] = field(default_factory=dict)
    deliverables: tuple[Deliverable, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    tried: Tried = field(default_factory=Tried)
    seen: Secured = field(default_factory=Secured)  # what only the copy showed


@dataclass(frozen=True, slots=True)
class Benchmarked:
    """Outcome of verify/performance: the platform as it is, measured against itself."""

    noise: Noise = field(default_factory=Noise)
    lookback: Lookback = field(default_factory=Lookback)  # at an earlier programme's starts
    deliverables: tuple[Deliverable, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Outcome of verify/acceptance: how each scenario went, or why there is none."""

    acts: tuple[Act, ...] = ()
    reason: str = ""
    deliverables: tuple[Deliverable, ...] = ()


@dataclass(frozen=True, slots=True)
class Optimised:
    """Outcome of optimise/performance: the platform as it is against the changed one."""

    compared: Compared = field(default_factory=Compared)
    deliverables: tuple[Deliverable, ...] = ()


@dataclass(frozen=True, slots=True)
class Hardened:
    """Outcome of optimise/harden: candidates with their proofs, and the set to apply."""

    candidates: tuple[Candidate, ...] = ()
    proposed: Combination = field(default_factory=Combination)
    deliverables: tuple[Deliverable, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployed:
    """Outcome of optimise/deploy: all four proofs, and the set that they carry."""

    hardened: Hardened = field(default_factory=Hardened)
    accepted: Combination = field(default_factory=Combination)
    whole: Whole = field(default_factory=Whole)


@dataclass(frozen=True, slots=True)
class Handed:
    """All that the last cell was handed."""

    studied: Studied
    secured: Secured
    tested: Tested
    hardened: Hardened
    measured: Measured = field(default_factory=Measured)
    benchmarked: Benchmarked = field(default_factory=Benchmarked)
    accepted: Accepted = field(default_factory=Accepted)
    optimised: Optimised = field(default_factory=Optimised)
    deployed: Deployed | None = None  # where a copy was asked for

    @property
    def changes(self) -> Hardened:
        """The candidates as the last proof left them."""
        return self.deployed.hardened if self.deployed else self.hardened


@dataclass(frozen=True, slots=True)
class Closing:
    """What only the last cell knows: its documents, every cell's state, what was decided."""

    documents: tuple[Deliverable, ...]
    cells: tuple[Settled, ...]
    decisions: tuple[Decision, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """Outcome of optimise/training: where the bundle is, and its digest."""

    folder: str
    digest: str
