"""Read a bundle's source again: compare findings and changes, make and undo each change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.audit import Disagreement
from tasks.domain.audit.whole import compare
from tasks.domain.candidates import ProofState
from tasks.domain.canonical import plain
from tasks.domain.conflicts import Combined
from tasks.domain.platform.intake import missed
from tasks.domain.platform.model import NotAssessed
from tasks.domain.platform.nodes import Place
from tasks.domain.recipes import RecipeError, from_bytes
from tasks.domain.reporting.bundle import Contents, Run, assemble
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.reporting.excerpts import excerpts
from tasks.domain.version import VERSION
from tasks.tools.command import require_program
from tasks.tools.errors import PermanentToolError, ProgramMissingError
from tasks.tools.opening import open_source, paths_of
from tasks.tools.platforms import look, read_platform
from tasks.tools.proposals import propose_everywhere
from tasks.tools.roundtrip import applied, changed_source, prove, undone
from tasks.tools.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.intake import Intake
    from tasks.domain.platform.model import Platform
    from tasks.domain.platform.sources import Source
    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record

_COMBINED = ("accepted", "proposed")


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
    """Make and undo the combined changes as they lie in the bundle, recipes and patch."""
    files = seen.platform.files if seen.platform else ()
    before = {path: seen.source.files[path] for path in files if path in seen.source.files}
    for name in _COMBINED:
        patch, hidden = f"{name}.patch", f"recipes/{name}.json"
        try:
            recipes = from_bytes(bundle.files.get(hidden, b"[]"))
            if strange := {each.file for each in recipes} - before.keys():
                yield Disagreement(hidden, f"is for {min(strange)}, which the platform has not")
                continue
            whole = Combined(bundle.files.get(patch, b"").decode(), recipes=recipes)
            after = applied(whole, before)
            if undone(whole, after) != before:
                yield Disagreement(name, "leaves other bytes behind when it is undone")
        except RecipeError as error:
            yield Disagreement(hidden, str(error))
        except (PermanentToolError, UnicodeDecodeError) as error:
            yield Disagreement(patch, str(error))
        else:
            if name == "accepted":
                yield from _still_there(bundle, changed_source(seen.source, after), seen)


def _still_there(bundle: Bundle, changed: Source, seen: Intake) -> Iterator[Disagreement]:
    """Name what accepted changes close, and what is there with all of them."""
    taken = {*bundle.document["accepted"]["order"]}
    closing = (each for each in bundle.document["candidates"] if each["id"] in taken)
    closed = {finding for each in closing for finding in each["closes"]}
    if seen.platform is None or not closed:
        return
    left = {each.id for each in assess(read_platform(changed, seen.platform.entry))}
    for each in sorted(closed & left):
        yield Disagreement("accepted", f"does not close {each}, as its changes say")
