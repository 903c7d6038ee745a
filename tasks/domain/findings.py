"""Findings: something wrong at a place, and the checks that find it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from tasks.domain.platform.model import Platform
from tasks.domain.platform.nodes import Place  # noqa: TC001  # dataclass fields resolve at run time


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; a smaller rank is at least as severe."""
        return _RANKS[self]

    def at_least(self, floor: Severity) -> bool:
        """Tell whether this is as severe as ``floor`` or worse."""
        return self.rank <= floor.rank


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check says of one place. ``facts`` fill the check's text in either language."""

    subject: str  # service, service/container, object: the same in every packaging
    place: Place
    path: str
    facts: Mapping[str, str] = field(default_factory=dict)
    severity: Severity | None = None  # when this place is worse or better than the check's own


# What only a running copy shows: no file alone is ever found to have it.
MEASURED = (
    "health-check-lies",
    "health-check-unfitted",
    "held-back-by-health",
    "size-unfitted",
)

Judge: TypeAlias = Callable[[Platform], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule. Its texts, severity and control ids are in ``knowledge/checks``."""

    id: str
    kinds: tuple[str, ...]  # compose, kubernetes, dockerfile
    judge: Judge
    needs: tuple[str, ...] = ()  # kinds of objects; unseen ones would be taken for missing


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place."""

    id: str
    check: str
    severity: Severity
    subject: str
    place: Place
    path: str
    facts: Mapping[str, str] = field(default_factory=dict)
    controls: tuple[str, ...] = ()
    theory: tuple[str, ...] = ()
    waived: str = ""  # the waiver's reason and owner, when one covers it


def finding_id(check: str, hit: Hit) -> str:
    """Name a finding by what it says and where; its line may move without renaming it."""
    parts = (check, hit.subject, hit.place.file, hit.path)
    return f"{check}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:10]}"
