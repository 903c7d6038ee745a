"""Concepts that checks stand on, by id: their titles in English and Chinese."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def concepts() -> Mapping[str, Mapping[str, str]]:
    """Map each concept to its title by language."""
    text = (resources.files("knowledge") / "concepts.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, str]] = yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, in C
    return found


def title(concept: str, language: str) -> str:
    """Give a concept's title; the id itself where there is none."""
    return concepts().get(concept, {}).get(language, concept)
