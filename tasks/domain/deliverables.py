"""Deliverables: the documents that cells owe, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Deliverable:
    """One document. ``texts`` maps a language to Markdown; ``id`` names files and cells' debts."""

    id: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
