"""Read a bundle's source again: compare findings and changes, apply and undo each patch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.audit import Disagreement
from tasks.domain.audit.whole import compare
from tasks.domain.candidates import ProofState
from tasks.domain.canonical import plain
from tasks.domain.platform.intake import missed
from tasks.domain.platform.model import NotAssessed
from tasks.domain.platform.nodes import Place
from tasks.domain.reporting.bundle import Contents, Run, assemble
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.reporting.excerpts import excerpts
from tasks.domain.version import VERSION
from tasks.tools import git
from tasks.tools.command import require_program
from tasks.tools.errors import PermanentToolError, ProgramMissingError
from tasks.tools.opening import open_source, paths_of
from tasks.tools.platforms import look
from tasks.tools.proposals import propose_everywhere
from tasks.tools.roundtrip import prove
from tasks.tools.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.intake import Intake
    from tasks.domain.platform.model import Platform
    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record

_COMBINED = ("accepted.patch", "proposed.patch")


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What a second look at the source found, and what it could not look at."""

    disagreements: tuple[Disagreement, ...]
    not_assessed: tuple[NotAssessed, ...] = ()


def look_again(bundle: Bundle, source: str | Path) -> SecondLook:
    """Name what the bundle says of ``source`` and what is not so.

    Waivers are taken from the bundle: they may have expired since, which is no disagreement.
    Without git the readings are compared all the same; only the patches are not tried.

    Raises:
        ToolError: The source or its settings cannot be read at all.
    """
    opened = open_source([source])
    settings, _ = settings_of(opened, paths_of([source]))
    seen = look(opened, bundle.document["programme"]["entry"], settings.profiles)
    if seen.platform is None:
        return SecondLook((Disagreement("source", "holds no platform"),))
    waived = {each["id"]: each["waived"] or "" for each in bundle.document["findings"]}
    findings = tuple(
        replace(each, waived=waived.get(each.id, "")) for each in assess(seen.platform)
    )
    candidates = propose_everywhere(seen.platform, findings, seen.source).candidates
    again = _document(seen, seen.platform, findings, candidates)
    compared = compare(bundle.document, again, _excerpts(bundle, seen))
    try:
        require_program("git")
    except ProgramMissingError as error:
        untried = NotAssessed("applying and undoing the patches", error.what, error.remedy)
        return SecondLook(tuple(compared), (untried,))
    tried = (*_round_trips(bundle, seen, findings, candidates), *_combined(bundle, seen))
    return SecondLook((*compared, *tried))


def _excerpts(bundle: Bundle, seen: Intake) -> Record:
    """Cut out again what stands around every finding, also around those that a copy showed."""
    told = ((each["id"], each["where"]) for each in bundle.document["findings"])
    places = {name: Place(at["file"], at["line"], at["column"]) for name, at in told}
    cut: Record = plain(excerpts(places, seen.source))
    return cut


def _document(
    seen: Intake,
    platform: Platform,
    findings: tuple[Finding, ...],
    candidates: tuple[Candidate, ...],
) -> Record:
    contents = Contents(
        VERSION,
        Run("", "", seen.source.name, seen.source.digest(seen.source.files)),
        platform,
        plain(seen.written),
        {each.id: finding_texts(each) for each in findings}
        | {each.id: candidate_texts(each) for each in candidates},
        unread=missed(seen),
        not_assessed=seen.not_assessed,
        findings=findings,
        candidates=candidates,
    )
    return assemble(contents).document


def _round_trips(
    bundle: Bundle, seen: Intake, findings: tuple[Finding, ...], candidates: tuple[Candidate, ...]
) -> Iterator[Disagreement]:
    """Send each change round again; candidates that do not follow are named by `compare`."""
    said = {each["id"]: each["proofs"]["finding"] for each in bundle.document["candidates"]}
    for candidate in candidates:
        if seen.platform is None or candidate.id not in said:
            continue
        proof = prove(candidate, seen.source, seen.platform, findings)
        stated = said[candidate.id]["state"]
        silent = stated == ProofState.NOT_ASSESSED.value and proof.state is ProofState.PASSED
        if stated != proof.state.value and not silent:
            what = f"is {stated}; tried again it is {proof.state.value}: {proof.reason}"
            yield Disagreement(f"candidates[{candidate.id}].proofs.finding", what)


def _combined(bundle: Bundle, seen: Intake) -> Iterator[Disagreement]:
    """Apply and reverse the combined patches as they lie in the bundle."""
    files = seen.platform.files if seen.platform else ()
    before = {path: seen.source.files[path] for path in files if path in seen.source.files}
    for path in _COMBINED:
        if path not in bundle.files:
            continue
        try:
            patch = bundle.files[path].decode()
            if git.reverse(patch, git.apply(patch, before)) != before:
                yield Disagreement(path, "leaves other bytes behind when it is undone")
        except (PermanentToolError, UnicodeDecodeError) as error:
            yield Disagreement(path, str(error))
