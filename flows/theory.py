"""Phase theory: what the sciences say of this platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect import flow

from flows.cells import phase_cells
from flows.conduct import RUNNER, Language, conduct
from tasks.domain.outcomes import Studied
from tasks.intake import read_platform
from tasks.ownership import Request
from tasks.theory import analyse_distributed, describe_distributed
from tasks.tools.found import platform_of

if TYPE_CHECKING:
    from tasks.domain.runs import Job


@flow(name="theory distributed", flow_run_name="{job.name}", validate_parameters=False)
def distributed(job: Job, given: dict[str, str]) -> Studied:
    """Analyse the platform as a distributed system."""
    platform = platform_of(read_platform(job.run, job.source, job.entry, job.content))
    figures = analyse_distributed(job.run, platform)
    return Studied((describe_distributed(job.run, job.entry, figures),))


@flow(name="theory", flow_run_name="theory {platform}", task_runner=RUNNER)
def theory(
    platform: str, entry: str = "", batch: str = "", lang: Language = "en"
) -> dict[str, Any]:
    """Run this phase alone over the platform at a path."""
    return conduct(Request(platform, entry, batch, lang=lang), phase_cells("theory"))
