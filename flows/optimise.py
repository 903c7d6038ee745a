"""Phase optimise: assemble what was proven, and hand it over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from prefect import flow

from flows.cells import BUILT, phase_cells
from flows.conduct import RUNNER, Language, conduct
from flows.standing import CLOSING, left_out
from tasks import outcomes
from tasks.compare import compare, report_comparison
from tasks.deliver import describe, publish, render_bundle, write_documents
from tasks.domain.outcomes import (
    Accepted,
    Benchmarked,
    Closing,
    Deployed,
    Handed,
    Hardened,
    Measured,
    Optimised,
    Published,
    Secured,
    Studied,
    Tested,
    together,
)
from tasks.domain.runs import Placement  # noqa: TC001  # Prefect reads it at run time
from tasks.domain.settling import presumed
from tasks.domain.verification.trials import Whole
from tasks.harden import (
    judge_candidates,
    report_hardening,
    report_sizes,
    undecided,
    with_proofs,
)
from tasks.intake import read_platform
from tasks.ownership import Request
from tasks.propose import combine_accepted, combine_changes
from tasks.rollback import go_back
from tasks.tools.found import platform_of
from tasks.tools.ledger import decisions
from tasks.tools.ledger.database import Ledger
from tasks.watching import not_watched

if TYPE_CHECKING:
    from tasks.domain.runs import Job


DEPLOY = "optimise/deploy"


def _found(given: dict[str, str], tested: Tested) -> Secured:
    """Put together what the files show and what the copy showed."""
    return together(outcomes.given(given, "build/security", Secured), tested.seen)


@flow(name="optimise harden", flow_run_name="{job.name}", validate_parameters=False)
def harden(job: Job, given: dict[str, str]) -> Hardened:
    """Give candidates their proofs, and combine those that were not rejected."""
    platform = platform_of(read_platform(job.run, job.source, job.entry, job.content))
    tested = outcomes.given(given, "verify/integration", Tested)
    secured = _found(given, tested)
    candidates = with_proofs(secured.candidates, tested.proofs)
    proposed = combine_changes(job.run, candidates, secured.findings, job.source, job.content)
    report = report_hardening(job.run, platform, secured.findings, candidates, proposed)
    return Hardened(candidates, proposed, (report,))


@flow(name="optimise performance", flow_run_name="{job.name}", validate_parameters=False)
def performance(job: Job, given: dict[str, str]) -> Optimised:
    """Compare the platform as it is with all changes that the copy lives with."""
    tested = outcomes.given(given, "verify/integration", Tested)
    secured = _found(given, tested)
    noise = outcomes.given(given, "verify/performance", Benchmarked).noise
    measured = outcomes.given(given, "build/baseline", Measured)
    told = secured.candidates, secured.findings
    compared = compare(job.run, job, *told, measured, tested.tried, noise)
    return Optimised(compared, report_comparison(job.run, job.entry, compared, noise))


@flow(name="optimise deploy", flow_run_name="{job.name}", validate_parameters=False)
def deploy(job: Job, given: dict[str, str]) -> Deployed:
    """Go back from the set, let the gate judge all four proofs, and combine what it accepts."""
    platform = platform_of(read_platform(job.run, job.source, job.entry, job.content))
    tested = outcomes.given(given, "verify/integration", Tested)
    secured = _found(given, tested)
    measured = outcomes.given(given, "build/baseline", Measured)
    compared = outcomes.given(given, "optimise/performance", Optimised).compared
    told = secured.candidates, secured.findings
    returned = go_back(job.run, job, platform, *told, measured, compared)
    whole = Whole(tested.tried, compared, returned)
    candidates = judge_candidates(job.run, secured.candidates, tested.proofs, whole)
    place = job.source, job.content
    accepted = combine_accepted(job.run, candidates, secured.findings, *place)
    proposed = combine_changes(job.run, undecided(candidates), secured.findings, *place)
    report = report_hardening(job.run, platform, secured.findings, candidates, proposed)
    deployed = Deployed(Hardened(candidates, proposed, (report,)), accepted, whole)
    sizes = report_sizes(job.run, platform, measured, deployed)
    return replace(deployed, hardened=Hardened(candidates, proposed, (report, *sizes)))


@flow(name="optimise training", flow_run_name="{job.name}", validate_parameters=False)
def training(job: Job, given: dict[str, str]) -> Published:
    """Write the documents of the hand-over, and publish the bundle."""
    intake = read_platform(job.run, job.source, job.entry, job.content)
    tested = outcomes.given(given, "verify/integration", Tested)
    handed = Handed(
        outcomes.given(given, "theory/distributed", Studied),
        _found(given, tested),
        tested,
        outcomes.given(given, "optimise/harden", Hardened),
        outcomes.given(given, "build/baseline", Measured),
        outcomes.given(given, "verify/performance", Benchmarked),
        outcomes.given(given, "verify/acceptance", Accepted),
        outcomes.given(given, "optimise/performance", Optimised),
        outcomes.given(given, DEPLOY, Deployed) if DEPLOY in given else None,
    )
    documents = write_documents(job.run, intake, handed)
    cells = presumed(BUILT, CLOSING, given, left_out(job))
    decided = decisions.of_run(Ledger.here(), job.run.id) if job.decided else ()
    closing = Closing(documents, cells, decided, not_watched(job.source, live=job.live))
    bundle = render_bundle(job.run, describe(job), intake, handed, closing)
    return publish(job.run, bundle, job.out)


@flow(name="optimise", flow_run_name="optimise {platform}", task_runner=RUNNER)
def optimise(  # noqa: PLR0913, PLR0917  # this is the form that Prefect's UI shows
    platform: str,
    entry: str = "",
    batch: str = "",
    run: str = "",
    quick: bool = False,  # noqa: FBT001, FBT002  # flow parameters are passed by name
    out: str = "",
    cells: Placement = "inline",
    lang: Language = "en",
) -> dict[str, Any]:
    """Run this phase, and first what it stands on: all others. It ends with a bundle.

    Args:
        platform: Folder or file that defines the platform, or the name of a Platform source.
        entry: Which definition, when there are several; the default one otherwise.
        batch: Name of this repetition.
        run: Id of a run to go on with.
        quick: As in the programme.
        out: Folder of the bundle.
        cells: Work cells off in this process, or each as a run of its own.
        lang: Language of what Prefect's pages show of this run.
    """
    request = Request(
        platform,
        entry,
        batch,
        run,
        quick=quick,
        out=out,
        lang=lang,
        cells=cells,
        phase="optimise",
    )
    return conduct(request, phase_cells("optimise"))
