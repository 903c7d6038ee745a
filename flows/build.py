"""Phase build: make each tool for this platform, find what is wrong, propose changes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from prefect import flow

from flows.cells import phase_cells
from flows.conduct import RUNNER, Language, conduct
from tasks.assess import assess_platform, waive
from tasks.domain.assess import left_out
from tasks.domain.outcomes import Measured, Secured
from tasks.domain.runs import Placement  # noqa: TC001  # Prefect reads it at run time
from tasks.intake import read_platform
from tasks.measure import measure_copy
from tasks.ownership import Request
from tasks.propose import propose_changes
from tasks.tools.found import platform_of

if TYPE_CHECKING:
    from tasks.domain.runs import Job


@flow(name="build baseline", flow_run_name="{job.name}", validate_parameters=False)
def baseline(job: Job, given: dict[str, str]) -> Measured:
    """Measure a copy of the platform as it is. Only runs that asked for it have this cell."""
    return measure_copy(job.run, job.source, job.entry, quick=job.quick)


@flow(name="build security", flow_run_name="{job.name}", validate_parameters=False)
def security(job: Job, given: dict[str, str]) -> Secured:
    """Find what is wrong with the platform, and propose changes that close it."""
    platform = platform_of(read_platform(job.run, job.source, job.entry, job.content))
    found = assess_platform(job.run, platform)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    findings = waive(job.run, found, job.source, job.content, today)
    proposed = propose_changes(job.run, platform, findings, job.source, job.content)
    missing = (*left_out(platform), *proposed.not_assessed)
    return Secured(findings, proposed.candidates, missing)


@flow(name="build", flow_run_name="build {platform}", task_runner=RUNNER)
def build(  # noqa: PLR0913, PLR0917  # this is the form that Prefect's UI shows
    platform: str,
    entry: str = "",
    batch: str = "",
    run: str = "",
    cells: Placement = "inline",
    lang: Language = "en",
    live: bool = False,  # noqa: FBT001, FBT002  # flow parameters are passed by name
) -> dict[str, Any]:
    """Run this phase alone. It stands on nothing but the platform's definition.

    What it finds is shown as an artifact; only the whole programme writes a bundle.

    Args:
        platform: Folder or file that defines the platform, or the name of a Platform source.
        entry: Which definition, when there are several; the default one otherwise.
        batch: Name of this repetition.
        run: Id of a run to go on with.
        cells: Work cells off in this process, or each as a run of its own.
        lang: Language of what Prefect's pages show of this run.
        live: Measure a copy on a Docker engine, as far as cmi.yaml permits.
    """
    request = Request(platform, entry, batch, run, lang=lang, cells=cells, phase="build", live=live)
    return conduct(request, phase_cells("build"))
