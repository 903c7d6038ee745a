"""Phase optimise: assemble what was proven, and hand it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect import flow

from flows.cells import BUILT, phase_cells
from flows.conduct import RUNNER, Language, conduct
from tasks import outcomes
from tasks.deliver import describe, publish, render_bundle, write_documents
from tasks.domain.outcomes import Handed, Hardened, Published, Secured, Studied, Tested
from tasks.domain.settling import presumed
from tasks.harden import report_hardening, with_proofs
from tasks.intake import read_platform
from tasks.ownership import Request
from tasks.propose import combine_changes
from tasks.tools.found import platform_of

if TYPE_CHECKING:
    from tasks.domain.runs import Job


@flow(name="optimise harden", flow_run_name="{job.name}", validate_parameters=False)
def harden(job: Job, given: dict[str, str]) -> Hardened:
    """Give candidates their proofs, and combine those that were not rejected."""
    platform = platform_of(read_platform(job.run, job.source, job.entry, job.content))
    secured = outcomes.given(given, "build/security", Secured)
    tested = outcomes.given(given, "verify/integration", Tested)
    candidates = with_proofs(secured.candidates, tested.proofs)
    proposed = combine_changes(job.run, candidates, secured.findings, job.source, job.content)
    report = report_hardening(job.run, platform, secured.findings, candidates, proposed)
    return Hardened(candidates, proposed, (report,))


@flow(name="optimise training", flow_run_name="{job.name}", validate_parameters=False)
def training(job: Job, given: dict[str, str]) -> Published:
    """Write the documents of the hand-over, and publish the bundle."""
    intake = read_platform(job.run, job.source, job.entry, job.content)
    handed = Handed(
        outcomes.given(given, "theory/distributed", Studied),
        outcomes.given(given, "build/security", Secured),
        outcomes.given(given, "verify/integration", Tested),
        outcomes.given(given, "optimise/harden", Hardened),
    )
    documents = write_documents(job.run, intake, handed)
    cells = presumed(BUILT, "optimise/training", given)
    bundle = render_bundle(job.run, describe(job), intake, handed, (documents, cells))
    return publish(job.run, bundle, job.out)


@flow(name="optimise", flow_run_name="optimise {platform}", task_runner=RUNNER)
def optimise(
    platform: str, entry: str = "", batch: str = "", out: str = "", lang: Language = "en"
) -> dict[str, Any]:
    """Run this phase alone, with what it stands on, over the platform at a path."""
    return conduct(Request(platform, entry, batch, out=out, lang=lang), phase_cells("optimise"))
