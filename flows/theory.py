"""Phase theory: what the sciences say of this platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect import flow

from flows.cells import phase_cells
from flows.conduct import RUNNER, Language, conduct
from tasks.domain.outcomes import Studied
from tasks.domain.runs import Placement  # noqa: TC001  # Prefect reads it at run time
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
def theory(  # noqa: PLR0913, PLR0917  # this is the form that Prefect's UI shows
    platform: str,
    entry: str = "",
    batch: str = "",
    run: str = "",
    cells: Placement = "inline",
    lang: Language = "en",
) -> dict[str, Any]:
    """Run this phase alone. It stands on nothing but the platform's definition.

    Its documents are shown as artifacts; only the whole programme writes a bundle.

    Args:
        platform: Folder or file that defines the platform, or the name of a Platform source.
        entry: Which definition, when there are several; the default one otherwise.
        batch: Name of this repetition.
        run: Id of a run to go on with.
        cells: Work cells off in this process, or each as a run of its own.
        lang: Language of what Prefect's pages show of this run.
    """
    request = Request(platform, entry, batch, run, lang=lang, cells=cells, phase="theory")
    return conduct(request, phase_cells("theory"))
