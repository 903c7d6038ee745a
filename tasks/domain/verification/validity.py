"""Validity: would the real reader of a definition take it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.domain.platform.model import NotAssessed
    from tasks.domain.platform.nodes import Place


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a definition is not valid. ``rule`` and ``detail`` name fields, never values."""

    place: Place
    subject: str  # the object: Deployment/web
    path: str
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class Validity:
    """What a validator of one kind of definition said."""

    validator: str  # program or library, with its version
    checked: int = 0
    problems: tuple[Problem, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()

    @property
    def valid(self) -> bool:
        """True when something was checked and nothing is wrong."""
        return self.checked > 0 and not self.problems
