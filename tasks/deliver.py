"""Delivering: the documents of the last cell, the bundle, and its publication."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import plain
from tasks.domain.outcomes import Published
from tasks.domain.platform.intake import missed
from tasks.domain.platform.model import NotAssessed
from tasks.domain.programme import CELLS
from tasks.domain.reporting.bundle import Bundle, CellResult, Contents, assemble, seal
from tasks.domain.reporting.bundle import Run as ProgrammeRun
from tasks.domain.reporting.deliverables.deployment import deployment_document
from tasks.domain.reporting.deliverables.manual import user_manual
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.reporting.excerpts import excerpts
from tasks.domain.reporting.html import reports
from tasks.domain.reporting.sarif import sarif
from tasks.domain.settling import CellState
from tasks.domain.verification.acceptance.records import evidence_of, record_of
from tasks.domain.verification.costs import billed, operating_cost
from tasks.domain.verification.issues import untried
from tasks.domain.verification.records import experiment_of, raw_of
from tasks.domain.verification.regressions import records as regressions
from tasks.domain.verification.regressions.judging import unassessed
from tasks.domain.verification.trials import judged
from tasks.domain.version import VERSION
from tasks.steps import derivation, effect
from tasks.tools import bundles
from tasks.tools.formers import formers
from tasks.tools.found import platform_of
from tasks.tools.ledger import effects
from tasks.tools.ledger.database import Ledger
from tasks.tools.snapshots import reopen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.outcomes import Closing, Handed
    from tasks.domain.platform.intake import Intake
    from tasks.domain.platform.model import Platform
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Job, Run
    from tasks.domain.settling import Settled


@derivation("write the deployment document and the manual")
def write_documents(run: Run, intake: Intake, handed: Handed) -> tuple[Deliverable, ...]:
    """Write how to put the changes into production here, and how to work with the bundle."""
    platform = platform_of(intake)
    return (
        deployment_document(platform, patched=bool(handed.changes.proposed.patch)),
        user_manual(
            platform,
            handed.secured.findings,
            handed.changes.candidates,
            _not_assessed(intake, handed),
        ),
    )


@derivation("render the bundle")
def render_bundle(
    run: Run,
    programme: ProgrammeRun,
    intake: Intake,
    handed: Handed,
    closing: Closing,
) -> Bundle:
    """Assemble index, patches and deliverables, and write the reports from them."""
    bundle = assemble(_contents(programme, intake, handed, closing))
    findings, missing = handed.secured.findings, _not_assessed(intake, handed)
    log = json.dumps(
        sarif(findings, missed(intake), missing, VERSION), indent=2, ensure_ascii=False
    )
    return seal(bundle, {**reports(bundle), "findings.sarif": f"{log}\n".encode()})


def describe(job: Job) -> ProgrammeRun:
    """Say which programme makes the bundle, without what changes when it is resumed."""
    run = job.run
    former = formers(Ledger.here(), run.platform, run.id, job.begun) if job.begun else ()
    return ProgrammeRun(run.id, run.batch, job.source, job.content, job.begun, former)


def _contents(
    programme: ProgrammeRun,
    intake: Intake,
    handed: Handed,
    closing: Closing,
) -> Contents:
    findings, candidates = handed.secured.findings, handed.changes.candidates
    by_id = {each.id: each for each in CELLS}
    return Contents(
        VERSION,
        programme,
        platform_of(intake),
        plain(intake.written),
        {each.id: finding_texts(each) for each in findings}
        | {each.id: candidate_texts(each) for each in candidates},
        unread=missed(intake),
        not_assessed=(
            *_not_assessed(intake, handed),
            *closing.not_assessed,
            *_left_out(closing.cells),
        ),
        decisions=tuple(plain(each) for each in closing.decisions),
        findings=findings,
        excerpts=excerpts(
            {each.id: each.place for each in findings},
            reopen(programme.source, programme.source_digest),
        ),
        candidates=candidates,
        proposed=handed.changes.proposed,
        **_seen_on_copies(platform_of(intake), handed),
        cells=tuple(
            CellResult(
                each.cell,
                by_id[each.cell].workstream.value,
                each.state.value,
                by_id[each.cell].owes,
                each.reason,
            )
            for each in closing.cells
        ),
        deliverables=_documents(handed, closing),
    )


def _documents(handed: Handed, closing: Closing) -> tuple[Deliverable, ...]:
    """Give every document once: what a later cell wrote again takes the place of the earlier."""
    written = (
        *handed.studied.deliverables,
        *handed.measured.deliverables,
        *handed.tested.deliverables,
        *handed.benchmarked.deliverables,
        *handed.accepted.deliverables,
        *handed.optimised.deliverables,
        *handed.changes.deliverables,
        *closing.documents,
    )
    return tuple({each.id: each for each in written}.values())


def _seen_on_copies(platform: Platform, handed: Handed) -> dict[str, Any]:
    """Give what rests on a copy: scenarios, starts, the accepted set, its experiment, raw material.

    And what the accepted sizes save, where there are prices.
    """
    acts = handed.accepted.acts
    lookback = handed.benchmarked.lookback
    found: dict[str, Any] = {
        "scenarios": tuple(map(record_of, acts)),
        "performance": regressions.record_of(lookback),
        "evidence": (*map(evidence_of, acts), *regressions.evidence_of(lookback)),
    }
    if handed.deployed is None:
        return found
    whole = handed.deployed.whole
    _, evidence = judged(handed.secured.candidates, handed.tested.proofs, whole)
    trial = whole.compared.trial
    told = billed(platform, handed.measured, handed.deployed)
    saved = [each for each in (operating_cost(told),) if each[0].value is not None] if told else []
    return {
        **found,
        "accepted": handed.deployed.accepted,
        "experiments": (experiment_of(trial),) if trial else (),
        "kpis": tuple(kpi for kpi, _ in saved),
        "evidence": (
            *found["evidence"],
            *evidence,
            *(raw_of(trial.samples) if trial else ()),
            *(proof for _, proof in saved),
        ),
    }


def _not_assessed(intake: Intake, handed: Handed) -> tuple[NotAssessed, ...]:
    found = (*handed.secured.not_assessed, *handed.tested.not_assessed)
    found += (*handed.measured.not_assessed, *untried(handed.accepted))
    found += tuple(unassessed(handed.benchmarked.lookback))
    return (*intake.not_assessed, *found)


_ALL_OF_IT = "`cmi run --fresh` does all of it."
_MEASURE = "`cmi run --live` measures a disposable copy on a Docker engine."
_RESUME = "Mend what failed; the same command goes on from there."


def _left_out(cells: tuple[Settled, ...]) -> Iterator[NotAssessed]:
    """List what this run left out or failed at: a bundle that is silent of it would seem clean."""
    for each in cells:
        if each.state is CellState.FAILED:
            yield NotAssessed(each.cell, each.reason, _RESUME)
        if each.state is CellState.NOT_ASSESSED:
            decided = "by decision" in each.reason
            yield NotAssessed(each.cell, each.reason, _ALL_OF_IT if decided else _MEASURE)


@dataclass(frozen=True, slots=True)
class BundleFolder:
    """The effect of publishing: a folder with exactly the files of a bundle."""

    run: str
    folder: Path
    bundle: Bundle
    kind: str = "bundle"

    @property
    def key(self) -> str:
        """One publication a run, place and content."""
        return f"{self.run} {self.folder} {self.bundle.digest}"

    def find(self) -> bool:
        """Tell whether the folder holds this very bundle already."""
        try:
            there = bundles.read(self.folder)
        except bundles.NoBundleError:
            return False
        return there.document == self.bundle.document and dict(there.files) == dict(
            self.bundle.files
        )

    def apply(self) -> None:
        """Write the folder; it takes its name in one step."""
        bundles.write(self.bundle, self.folder)

    def observe(self) -> Mapping[str, Any]:
        """Say what is there."""
        return {"folder": str(self.folder), "digest": self.bundle.digest}

    def undo(self) -> None:
        """A bundle is the user's from then on: it is replaced by the next, never taken away."""


@effect("publish the bundle in {folder}")
def publish(run: Run, bundle: Bundle, folder: str) -> Published:
    """Write the bundle where it was asked for; publishing it again does nothing."""
    effects.ensure(Ledger.here(), run, BundleFolder(run.id, Path(folder), bundle))
    return Published(folder, bundle.digest)
