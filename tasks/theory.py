"""Theory: what the sciences say of this platform, from its definition alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.theory.distributed.analysis import analyse
from tasks.domain.theory.distributed.report import describe
from tasks.steps import derivation

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Run
    from tasks.domain.theory.distributed.analysis import DistributedFigures


@derivation("analyse as a distributed system")
def analyse_distributed(run: Run, platform: Platform) -> DistributedFigures:
    """Compute start-up, availability, blast radius and retries on the platform's own graph."""
    return analyse(platform)


@derivation("write what theory says")
def describe_distributed(run: Run, entry: str, figures: DistributedFigures) -> Deliverable:
    """Write the figures down for people, in every language."""
    return describe(entry, figures)
