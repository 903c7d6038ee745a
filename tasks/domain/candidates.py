"""Candidates: proposed changes to the user's own files."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.nodes import Span


class CandidateState(StrEnum):
    """What the proofs made of a candidate."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


class ProofState(StrEnum):
    """What one proof says."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSED = "not assessed"


# Kinds of change that follow from what a running copy showed.
MEASURED_KINDS = ("honest-check", "fit-health-check", "fit-size", "start-with-process")
# Kinds that say a platform starts sooner; whatever else is changed must only make nothing worse.
SOONER_KINDS = ("start-interval", "fit-health-check", "start-with-process", "keep-byte-code")
# Kinds by which programs hear the signal to stop that a shell in front of them kept to itself.
STOPPING_KINDS = ("exec-form",)
# Kinds that may hold by chance: tried several times before they are believed.
CHANCY_KINDS = frozenset({"start-with-process"})


@dataclass(frozen=True, slots=True)
class Proof:
    """One of the four parts: finding, probe, ab, rollback."""

    state: ProofState
    reason: str = ""
    evidence: tuple[str, ...] = ()  # digests


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace characters ``span`` of the decoded ``file`` by ``text``."""

    file: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """A change at a secret's line: no diff, but edits that ``cmi apply`` guards by hashes."""

    file: str
    sha256: str  # of the file before
    edits: tuple[Edit, ...]
    removed: tuple[str, ...] = ()  # what each edit takes away, so that it can be put back


# Shared by all that nobody tried yet: tens of thousands of empty mappings are megabytes.
_UNTRIED: Mapping[str, Proof] = {}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed change: minimal, reversible, and tied to the findings it closes."""

    id: str
    kind: str
    closes: tuple[str, ...]
    subject: str
    edits: tuple[Edit, ...]
    patch: str = ""  # unified diff, as `git apply` takes it
    recipe: Recipe | None = None
    recipe_digest: str = ""  # of a recipe that is not at hand: a kept candidate holds no edits
    measure: str = ""  # what it claims to improve
    facts: Mapping[str, str] = field(default_factory=dict)
    state: CandidateState = CandidateState.UNDECIDED
    reason: str = ""
    proofs: Mapping[str, Proof] = field(default_factory=lambda: _UNTRIED)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """Its recipe, as a combination of changes has several."""
        return (self.recipe,) if self.recipe else ()

    @property
    def undo(self) -> str:
        """What takes it back, as it is typed in a bundle."""
        if self.patch:
            return f"git apply --reverse patches/{self.id}.patch"
        return f"cmi apply --reverse BUNDLE {self.id}"
