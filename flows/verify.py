"""Phase verify: nothing is handed over that did not go round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect import flow

from flows.cells import phase_cells
from flows.conduct import RUNNER, Language, conduct
from tasks import outcomes
from tasks.domain.candidates import ProofState
from tasks.domain.outcomes import Secured, Tested
from tasks.intake import read_platform
from tasks.ownership import Request
from tasks.tools.found import platform_of
from tasks.verify import prove, prove_together, report_trials, validate_definitions

if TYPE_CHECKING:
    from tasks.domain.runs import Job


@flow(name="verify integration", flow_run_name="{job.name}", validate_parameters=False)
def integration(job: Job, given: dict[str, str]) -> Tested:
    """Send every change round alone and all together; ask the real readers before and after."""
    platform = platform_of(read_platform(job.run, job.source, job.entry, job.content))
    secured = outcomes.given(given, "build/security", Secured)
    place = (job.source, job.content)
    proofs = {
        each.id: prove(job.run, each, platform, secured.findings, place)
        for each in secured.candidates
    }
    kept = tuple(e for e in secured.candidates if proofs[e.id].state is not ProofState.FAILED)
    before = validate_definitions(job.run, platform.entry, place)
    together, after = prove_together(job.run, kept, platform, secured.findings, place)
    trials = {"before": before, "after": after}
    report = report_trials(job.run, job.entry, proofs, together, trials)
    return Tested(proofs, (report,), before.not_assessed)


@flow(name="verify", flow_run_name="verify {platform}", task_runner=RUNNER)
def verify(
    platform: str, entry: str = "", batch: str = "", lang: Language = "en"
) -> dict[str, Any]:
    """Run this phase alone, with what it stands on, over the platform at a path."""
    return conduct(Request(platform, entry, batch, lang=lang), phase_cells("verify"))
