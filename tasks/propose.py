"""Proposing: from findings to changes of the user's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.candidates import CandidateState
from tasks.domain.conflicts import combine
from tasks.domain.propose import Proposed  # noqa: TC001  # Prefect resolves it at run time
from tasks.domain.reporting.bundle import Combination
from tasks.steps import derivation
from tasks.tools.proposals import propose_everywhere
from tasks.tools.snapshots import reopen

if TYPE_CHECKING:
    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Platform
    from tasks.domain.runs import Run


@derivation("propose changes")
def propose_changes(
    run: Run, platform: Platform, findings: tuple[Finding, ...], source: str, content: str
) -> Proposed:
    """Propose changes, those that close the worst first, and say where there is none."""
    return propose_everywhere(platform, findings, reopen(source, content))


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
    combined = combine(open_ones, findings, reopen(source, content))
    return Combination(combined.patch, combined.order, combined.left_out)
