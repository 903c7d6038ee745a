"""The bundle: everything one run has to say, as one document and its files.

``bundle.json`` is the index; `docs/bundle.md` explains it. Values come in, bytes by
path go out; `tasks.tools.bundles` writes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tasks.domain.candidates import Recipe  # noqa: TC001  # dataclass fields resolve at run time
from tasks.domain.canonical import canonical_json, digest, plain
from tasks.domain.kpis import (
    applicable_controls,
    kpis,
    security_level,
    share,
    start_up_time,
    task_completion,
)
from tasks.domain.platform.model import EntryKind
from tasks.domain.programme import CELLS
from tasks.domain.reporting import platforms, records
from tasks.domain.reporting.deliverables import LANGUAGES
from tasks.domain.reporting.trend import Former  # noqa: TC001  # as above
from tasks.domain.security.checks import COMPOSE, DOCKERFILE, KUBERNETES

if TYPE_CHECKING:
    from tasks.domain.candidates import Candidate
    from tasks.domain.evidence import Evidence
    from tasks.domain.findings import Finding
    from tasks.domain.kpis import Kpi
    from tasks.domain.platform.model import NotAssessed, Platform, Unread
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.reporting.excerpts import Excerpt
    from tasks.domain.reporting.records import Record, Texts

INDEX = "bundle.json"
NOT_BUILT = "not built"
# Deliverables that are records of the bundle itself, and no documents.
_HELD = ("findings", "candidates")
# Fields of a finding that the digest leaves out: what was measured, who waived it, and the
# lines shown beside it, which the digest of the source covers already.
_NOT_SAID_BY_THE_INPUT = ("evidence", "waived", "excerpt")


@dataclass(frozen=True, slots=True)
class Run:
    """Which programme made this: its id and batch, and what it looked at."""

    id: str
    batch: str
    source: str  # as the user named it, without credentials
    source_digest: str  # `Source.digest` of all its files
    begun: str = ""  # ISO 8601, UTC
    former: tuple[Former, ...] = ()  # finished programmes of the same platform, oldest first


@dataclass(frozen=True, slots=True)
class CellResult:
    """How a cell ended: done, failed, not assessed, or not built."""

    id: str
    workstream: str
    state: str
    owes: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Combination:
    """Several candidates as one change, conflicts resolved in the printed ``order``."""

    patch: str = ""
    order: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)  # candidate: why
    recipes: tuple[Recipe, ...] = ()  # of files that the patch may not show


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a bundle. ``texts`` are by id of finding or candidate."""

    version: str  # of the product
    run: Run
    platform: Platform
    written: Mapping[str, Any]
    texts: Mapping[str, Texts]
    unread: tuple[Unread, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    findings: tuple[Finding, ...] = ()
    excerpts: Mapping[str, Excerpt] = field(default_factory=dict)  # by id of finding
    candidates: tuple[Candidate, ...] = ()
    accepted: Combination = field(default_factory=Combination)
    proposed: Combination = field(default_factory=Combination)
    cells: tuple[CellResult, ...] = ()
    experiments: tuple[Mapping[str, Any], ...] = ()
    scenarios: tuple[Mapping[str, Any], ...] = ()
    performance: Mapping[str, Any] | None = None  # starts as it is, against an earlier programme's
    kpis: tuple[Kpi, ...] = ()  # measured ones; those that the records give are counted here
    at: str = ""  # when the figures are counted, ISO 8601
    deliverables: tuple[Deliverable, ...] = ()
    decisions: tuple[Mapping[str, Any], ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """The index and every other file by its path in the bundle."""

    document: Record
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def digest(self) -> str:
        """The digest that two runs over the same input share."""
        return str(self.document["digest"])


def assemble(contents: Contents) -> Bundle:
    """Make the bundle without its reports; `seal` closes it when they are added.

    Cells that ``contents`` does not name are listed as not built, and every figure that
    the records alone can give is counted.
    """
    contents = _completed(contents)
    document: Record = {
        "version": contents.version,
        "programme": plain(contents.run) | {"entry": contents.platform.entry.id},
        "platform": platforms.platform(contents.platform, plain(contents.written)),
        "unread": [records.unread(each) for each in contents.unread],
        "findings": [
            records.finding(each, contents.texts[each.id])
            | {"excerpt": plain(contents.excerpts.get(each.id))}
            for each in contents.findings
        ],
        "not_assessed": [records.not_assessed(each) for each in contents.not_assessed],
        "candidates": [
            records.candidate(each, contents.texts[each.id]) for each in contents.candidates
        ],
        "accepted": _combination(contents.accepted, "accepted"),
        "proposed": _combination(contents.proposed, "proposed"),
        "experiments": plain(contents.experiments),
        "scenarios": plain(contents.scenarios),
        "performance": plain(contents.performance),
        "kpis": plain(contents.kpis),
        "cells": plain(contents.cells),
        "deliverables": [_deliverable(each) for each in contents.deliverables],
        "decisions": plain(contents.decisions),
    }
    document["digest"] = digest(static_parts(document))
    return Bundle(document, dict(_files(contents)))


def _completed(contents: Contents) -> Contents:
    """Add the cells that are not built, and the figures that follow from the records."""
    known = {each.id: each for each in contents.cells}
    cells = tuple(
        known.pop(cell.id, CellResult(cell.id, cell.workstream.value, NOT_BUILT, cell.owes))
        for cell in CELLS
    )
    contents = replace(contents, cells=(*cells, *known.values()))
    measured = {each.id: each for each in contents.kpis}
    counted = static_figures(contents)
    starts = start_up_time(contents.experiments)
    listed = kpis((starts, *(kpi for kpi, _ in counted)), contents.at or None)
    return replace(
        contents,
        kpis=tuple(measured.get(each.id, each) for each in listed),
        evidence=(*contents.evidence, *(proof for kpi, proof in counted if kpi.value is not None)),
    )


def static_figures(contents: Contents) -> list[tuple[Kpi, Evidence]]:
    """Count what the records of a bundle give: security, completion of tasks, acceptance."""
    packaging = COMPOSE if contents.platform.entry.kind is EntryKind.COMPOSE else KUBERNETES
    controls = applicable_controls((packaging, DOCKERFILE))
    done = [each.id for each in contents.deliverables]
    done += [o for cell in contents.cells if cell.state == "done" for o in cell.owes if o in _HELD]
    owed = [each for cell in CELLS for each in cell.owes]
    agreed = [each["id"] for each in contents.scenarios]
    passed = [each["id"] for each in contents.scenarios if each["state"] == "passed"]
    return [
        security_level(controls, contents.findings, contents.candidates),
        task_completion(done, owed),
        share("user-acceptance", passed, agreed),
    ]


def seal(bundle: Bundle, more: Mapping[str, bytes]) -> Bundle:
    """Add ``more`` files and list every file with its hash."""
    files = {**bundle.files, **more}
    listed = [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for path, data in sorted(files.items())
    ]
    return Bundle(bundle.document | {"files": listed}, files)


def static_parts(document: Record) -> Record:
    """Pick what the digest covers: what follows from the input and the product alone.

    No batch, time, place, host or measured value is in it. Waivers are not either: they
    expire, so that tomorrow's run over the same input would differ.
    """
    platform = document["platform"]
    return {
        "version": document["version"],
        "source": document["programme"]["source_digest"],
        "entry": platform["entry"],
        "platform": {key: platform[key] for key in ("counts", "services", "endpoints", "edges")},
        "unread": document["unread"],
        "findings": [
            {key: value for key, value in each.items() if key not in _NOT_SAID_BY_THE_INPUT}
            for each in document["findings"]
            if each["origin"] == "static"
        ],
        "candidates": [
            {key: each[key] for key in ("id", "closes", "sha256")}
            for each in document["candidates"]
            if each["origin"] == "static"
        ],
        "not_assessed": [each for each in document["not_assessed"] if each["input"]],
    }


def index_bytes(document: Record) -> bytes:
    """Serialise the index, readable and always the same."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _combination(item: Combination, name: str) -> Record:
    return {
        "file": f"{name}.patch" if item.patch else None,
        "recipe_file": f"recipes/{name}.json" if item.recipes else None,
        "order": list(item.order),
        "left_out": [{"id": name, "reason": why} for name, why in item.left_out.items()],
    }


def _deliverable(item: Deliverable) -> Record:
    return {
        "id": item.id,
        "cell": next((cell.id for cell in CELLS if item.id in cell.owes), None),
        "titles": {language: item.title(language) for language in LANGUAGES},
        "files": {
            language: f"deliverables/{records.file_name(item.id)}.{language}.md"
            for language in LANGUAGES
        },
    }


def _files(contents: Contents) -> list[tuple[str, bytes]]:
    files = [(each.path, each.data) for each in contents.evidence]
    for candidate in contents.candidates:
        record = records.candidate(candidate, contents.texts[candidate.id])
        if record["patch_file"]:
            files.append((record["patch_file"], candidate.patch.encode()))
        if record["recipe_file"]:
            files.append((record["recipe_file"], records.recipe_bytes(candidate.recipe)))
    for name, each in (("accepted", contents.accepted), ("proposed", contents.proposed)):
        combined = _combination(each, name)
        if combined["file"]:
            files.append((combined["file"], each.patch.encode()))
        if combined["recipe_file"]:
            files.append((combined["recipe_file"], canonical_json(each.recipes)))
    for item in contents.deliverables:
        paths = _deliverable(item)["files"]
        files.extend((paths[language], item.texts[language].encode()) for language in LANGUAGES)
    return files
