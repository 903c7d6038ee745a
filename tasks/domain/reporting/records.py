"""Domain values as the records that `cmi check`, `cmi intake` and the bundle share."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from tasks.domain.candidates import MEASURED_KINDS
from tasks.domain.canonical import canonical_json
from tasks.domain.findings import MEASURED
from tasks.domain.proofs import PARTS

if TYPE_CHECKING:
    from tasks.domain.candidates import Candidate, Proof, Recipe
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import NotAssessed, Unread
    from tasks.domain.platform.nodes import Place

Record: TypeAlias = dict[str, Any]

# The reason that every static run has; the report says it in the reader's language.
NO_PROOF = "needs a copy of the platform on an engine"

_SAFE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,99}")


@dataclass(frozen=True, slots=True)
class Text:
    """What people read of a finding or candidate, in one language."""

    title: str
    message: str = ""
    why: str = ""
    remedy: str = ""


Texts: TypeAlias = Mapping[str, Text]  # by language


def file_name(identifier: str) -> str:
    """Turn an id into a name that is safe in any folder.

    Ids may carry names from the platform, which are hostile until shown otherwise: what
    is not plainly harmless is named by its digest.
    """
    if _SAFE_NAME.fullmatch(identifier) and not identifier.endswith("."):
        return identifier
    return "x-" + hashlib.sha256(identifier.encode()).hexdigest()[:16]


def where(place: Place, path: str) -> Record:
    """Say where something is written."""
    return {"file": place.file, "line": place.line, "column": place.column, "path": path}


def unread(item: Unread) -> Record:
    """Record what could not be read."""
    return {"file": item.file, "line": item.line, "reason": item.reason}


def not_assessed(item: NotAssessed) -> Record:
    """Record what could not be looked at."""
    return {
        "what": item.what,
        "reason": item.reason,
        "remedy": item.remedy,
        "input": item.input,
    }


def finding(item: Finding, texts: Texts) -> Record:
    """Record a finding. ``message`` is English, so that it is the same everywhere."""
    return {
        "id": item.id,
        "check": item.check,
        "severity": item.severity.value,
        "origin": "live" if item.check in MEASURED else "static",
        "subject": item.subject,
        "where": where(item.place, item.path),
        "message": texts["en"].message or texts["en"].title,
        "texts": _said(texts),
        "controls": list(item.controls),
        "theory": list(item.theory),
        "evidence": [],
        "waived": item.waived or None,
    }


def candidate(item: Candidate, texts: Texts) -> Record:
    """Record a candidate. ``patch`` is the diff itself; a recipe has none."""
    name = file_name(item.id)
    return {
        "id": item.id,
        "kind": item.kind,
        "origin": "live" if item.kind in MEASURED_KINDS else "static",
        "closes": list(item.closes),
        "subject": item.subject,
        "texts": _said(texts),
        "measure": item.measure,
        "undo": item.undo,
        "patch": item.patch or None,
        "patch_file": f"patches/{name}.patch" if item.patch else None,
        "recipe_file": f"recipes/{name}.json" if item.recipe or item.recipe_digest else None,
        "sha256": change_digest(item),
        "state": item.state.value,
        "reason": item.reason,
        "proofs": {part: _proof(item.proofs.get(part)) for part in PARTS},
    }


def _said(texts: Texts) -> Record:
    return {
        language: {
            "title": text.title,
            "message": text.message,
            "why": text.why,
            "remedy": text.remedy,
        }
        for language, text in texts.items()
    }


def change_digest(item: Candidate) -> str:
    """Hash what a candidate changes: its patch, else its recipe."""
    if item.recipe_digest:
        return item.recipe_digest
    data = item.patch.encode() if item.patch else recipe_bytes(item.recipe)
    return hashlib.sha256(data).hexdigest()


def recipe_bytes(recipe: Recipe | None) -> bytes:
    """Serialise a recipe, one way only."""
    return canonical_json(recipe)


def _proof(proof: Proof | None) -> Record:
    if proof is None:
        return {"state": "not assessed", "reason": NO_PROOF, "evidence": []}
    return {
        "state": proof.state.value,
        "reason": proof.reason,
        "evidence": list(proof.evidence),
    }
