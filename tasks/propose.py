"""Proposing: from findings to changes of the user's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.candidates import MEASURED_KINDS, CandidateState
from tasks.domain.conflicts import combine
from tasks.domain.outcomes import Secured
from tasks.domain.platform.model import NotAssessed
from tasks.domain.propose import Proposed  # noqa: TC001  # Prefect resolves it at run time
from tasks.domain.reporting.bundle import Combination
from tasks.domain.verification.misfits import misfits
from tasks.domain.verification.startup import measured_findings
from tasks.steps import derivation
from tasks.tools.proposals import propose_everywhere
from tasks.tools.snapshots import reopen

_NEEDS_25 = "fit-health-check"
_IGNORED = "this engine ignores start_interval"
_OLD = "Use an engine of version 25 or later."
_WAITS = NotAssessed(
    "waits for health that might be needless",
    "left out, because of --quick",
    "Run again without --quick.",
)

if TYPE_CHECKING:
    from tasks.domain.candidates import Candidate
    from tasks.domain.conflicts import Combined
    from tasks.domain.findings import Finding
    from tasks.domain.outcomes import Measured
    from tasks.domain.platform.model import Platform
    from tasks.domain.runs import Run


@derivation("propose changes")
def propose_changes(
    run: Run, platform: Platform, findings: tuple[Finding, ...], source: str, content: str
) -> Proposed:
    """Propose changes, those that close the worst first, and say where there is none."""
    return propose_everywhere(platform, findings, reopen(source, content))


@derivation("propose what the copy showed")
def propose_measured(  # noqa: PLR0913  # the last says how much there is time for
    run: Run,
    platform: Platform,
    secured: Secured,
    measured: Measured,
    place: tuple[str, str],
    *,
    quick: bool = True,
) -> Secured:
    """Find what only a running copy shows, and propose changes; ``place``: source and digest.

    With ``quick`` no wait is put into question: that takes several starts more.
    """
    if measured.start is None:
        return Secured()
    sizes = misfits(platform, measured.uses, measured.borne)
    shown = measured_findings(platform, measured.start.moments, measured.early, waits=not quick)
    found = (*shown, *sizes.findings)
    proposed = propose_everywhere(platform, (*secured.findings, *found), reopen(*place))
    mine = [each for each in proposed.candidates if each.kind in MEASURED_KINDS]
    missing = (*sizes.not_assessed, *filter(_is_measured, proposed.not_assessed))
    missing += (_WAITS,) if quick else ()
    if measured.heeds_start_interval:
        return Secured(found, tuple(mine), missing)
    kept = tuple(each for each in mine if each.kind != _NEEDS_25)
    late = tuple(NotAssessed(f"automatic change {_NEEDS_25}", _IGNORED, _OLD) for _ in mine[:1])
    return Secured(found, kept, (*missing, *late))


def _is_measured(missing: NotAssessed) -> bool:
    """Tell whether it is about a change that follows from what the copy showed."""
    return any(missing.what.startswith(f"automatic change {kind} ") for kind in MEASURED_KINDS)


@derivation("combine what was accepted")
def combine_accepted(
    run: Run,
    candidates: tuple[Candidate, ...],
    findings: tuple[Finding, ...],
    source: str,
    content: str,
) -> Combination:
    """Make one change of those that all four proofs carry, recipes among them."""
    carried = [each for each in candidates if each.state is CandidateState.ACCEPTED]
    return _as_one(combine(carried, findings, reopen(source, content), recipes=True))


@derivation("combine changes")
def combine_changes(
    run: Run,
    candidates: tuple[Candidate, ...],
    findings: tuple[Finding, ...],
    source: str,
    content: str,
) -> Combination:
    """Make one patch of the changes that fit together, and say why others stay out."""
    open_ones = [each for each in candidates if each.state is not CandidateState.REJECTED]
    return _as_one(combine(open_ones, findings, reopen(source, content)))


def _as_one(made: Combined) -> Combination:
    return Combination(made.patch, made.order, made.left_out, made.recipes)
