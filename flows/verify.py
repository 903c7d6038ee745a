"""Phase verify: nothing is handed over that did not go round."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from prefect import flow

from flows.cells import phase_cells
from flows.conduct import RUNNER, Language, conduct
from tasks import outcomes
from tasks.acceptance import accept, report_issues
from tasks.compare import measure_noise, report_noise
from tasks.domain.candidates import ProofState
from tasks.domain.outcomes import Accepted, Benchmarked, Measured, Secured, Tested
from tasks.domain.runs import Placement  # noqa: TC001  # Prefect reads it at run time
from tasks.intake import read_platform
from tasks.ownership import Request
from tasks.propose import propose_measured
from tasks.regress import look_again, look_back, raise_regressions
from tasks.tools.found import platform_of
from tasks.trials import try_changes
from tasks.verify import (
    left_out,
    prove,
    prove_together,
    report_trials,
    some_at_a_time,
    validate_definitions,
    validate_together,
)

if TYPE_CHECKING:
    from tasks.domain.candidates import Proof
    from tasks.domain.platform.model import Platform
    from tasks.domain.runs import Job, Run
    from tasks.domain.verification.validity import Validity


@flow(name="verify integration", flow_run_name="{job.name}", validate_parameters=False)
def integration(job: Job, given: dict[str, str]) -> Tested:
    """Send every change round alone and all together; ask the real readers before and after."""
    platform = platform_of(read_platform(job.run, job.source, job.entry, job.content))
    secured = outcomes.given(given, "build/security", Secured)
    place = (job.source, job.content)
    told = job.run, platform, secured, place
    proofs, before = left_out(secured.candidates, platform.entry) if job.quick else _slowly(*told)
    kept = tuple(e for e in secured.candidates if proofs[e.id].state is not ProofState.FAILED)
    together = prove_together(job.run, kept, platform, secured.findings, place)
    trials = {"before": before}
    if together.state is ProofState.PASSED and not job.quick:
        trials["after"] = validate_together(job.run, kept, secured.findings, platform.entry, place)
    report = report_trials(job.run, job.entry, proofs, together, trials)
    if not job.live:
        return Tested(proofs, (report,), before.not_assessed)
    measured = outcomes.given(given, "build/baseline", Measured)
    seen = propose_measured(job.run, platform, secured, measured, place, quick=job.quick)
    whole = kept + seen.candidates, secured.findings + seen.findings
    tried = try_changes(job.run, job, *whole, measured)
    return Tested(proofs, (report,), before.not_assessed + seen.not_assessed, tried, seen)


@flow(name="verify performance", flow_run_name="{job.name}", validate_parameters=False)
def performance(job: Job, given: dict[str, str]) -> Benchmarked:
    """Measure the platform as it is against itself, and against what it was.

    The former is what a change must stand out from; the latter shows what became worse.
    """
    measured = outcomes.given(given, "build/baseline", Measured)
    planned = look_back(job.run, job, measured)
    noise = measure_noise(job.run, job, measured)
    lookback = look_again(job.run, job, measured, planned, noise)
    report = report_noise(job.run, job.entry, noise, lookback)
    raise_regressions(job.run, lookback)
    return Benchmarked(noise, lookback, report)


@flow(name="verify acceptance", flow_run_name="{job.name}", validate_parameters=False)
def acceptance(job: Job, given: dict[str, str]) -> Accepted:
    """Carry out the platform's scenarios, and list every issue that verifying found."""
    measured = outcomes.given(given, "build/baseline", Measured)
    tested = outcomes.given(given, "verify/integration", Tested)
    accepted = accept(job.run, job, measured)
    lookback = outcomes.given(given, "verify/performance", Benchmarked).lookback
    issues = report_issues(job.run, job.entry, measured, tested, accepted, lookback)
    return replace(accepted, deliverables=issues)


def _slowly(
    run: Run, platform: Platform, secured: Secured, place: tuple[str, str]
) -> tuple[dict[str, Proof], Validity]:
    """Send each change round alone, and ask who reads the definitions as they are."""
    proofs: dict[str, Proof] = {}
    for some in some_at_a_time(secured.candidates):
        proofs |= prove(run, some, platform, secured.findings, place)
    return proofs, validate_definitions(run, platform.entry, place)


@flow(name="verify", flow_run_name="verify {platform}", task_runner=RUNNER)
def verify(  # noqa: PLR0913, PLR0917  # this is the form that Prefect's UI shows
    platform: str,
    entry: str = "",
    batch: str = "",
    run: str = "",
    quick: bool = False,  # noqa: FBT001, FBT002  # flow parameters are passed by name
    cells: Placement = "inline",
    lang: Language = "en",
) -> dict[str, Any]:
    """Run this phase, and first what it stands on, of phases theory and build.

    Args:
        platform: Folder or file that defines the platform, or the name of a Platform source.
        entry: Which definition, when there are several; the default one otherwise.
        batch: Name of this repetition.
        run: Id of a run to go on with.
        quick: As in the programme.
        cells: Work cells off in this process, or each as a run of its own.
        lang: Language of what Prefect's pages show of this run.
    """
    request = Request(
        platform, entry, batch, run, quick=quick, lang=lang, cells=cells, phase="verify"
    )
    return conduct(request, phase_cells("verify"))
