"""Recipes: changes at lines that may hold a secret, described without showing them.

A recipe says which characters of a file are replaced by what, and is valid for
exactly one content of the file. What it takes away it may name only because an
edit never reaches beyond the schema fields that it changes.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tasks.domain.candidates import Edit, Recipe
from tasks.domain.insertions import SameFieldError, merged
from tasks.domain.patches import OverlapError, apply_edits, in_order
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.nodes import Span
from tasks.domain.written import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.written import Written


_NOT_OURS = "this is not a recipe that we wrote"


class RecipeError(ValueError):
    """The recipe is broken, or is for another content of the file."""


def make(written: Written, content: str, edits: Iterable[Edit]) -> Recipe:
    """Describe ``edits`` of a file, whose SHA-256 is ``content``."""
    ordered = tuple(in_order(edits))
    removed = tuple(written.text[each.span.start : each.span.end] for each in ordered)
    return Recipe(written.file, content, ordered, removed)


def together(recipes: Sequence[Recipe]) -> Recipe:
    """Make one recipe of several for one content of a file.

    Raises:
        RecipeError: They are for several contents, or change the same text.
    """
    first = recipes[0]
    if any((each.file, each.sha256) != (first.file, first.sha256) for each in recipes):
        msg = f"{first.file} has changed since the recipe was made"
        raise RecipeError(msg)
    if len(recipes) == 1:
        return first
    removed = {
        (edit.span.start, edit.span.end): text
        for each in recipes
        for edit, text in zip(each.edits, each.removed, strict=True)
    }
    try:
        edits = tuple(in_order(merged(edit for each in recipes for edit in each.edits)))
    except (OverlapError, SameFieldError) as error:
        raise RecipeError(str(error)) from error
    kept = tuple(removed[edit.span.start, edit.span.end] for edit in edits)
    return Recipe(first.file, first.sha256, edits, kept)


def follow(recipe: Recipe, data: bytes) -> bytes:
    """Apply ``recipe``; a file that is changed already is returned as it is.

    Raises:
        RecipeError: The file has another content than the recipe was made for.
    """
    if _hash(data) != recipe.sha256 and _restored(recipe, data) is not None:
        return data
    _expect(data, recipe.sha256, recipe.file)
    return _rewritten(recipe.file, data, recipe.edits)


def undo(recipe: Recipe, data: bytes) -> bytes:
    """Take ``recipe`` back; a file without it is returned as it is.

    Raises:
        RecipeError: The file has another content than the recipe left.
    """
    if _hash(data) == recipe.sha256:
        return data
    restored = _restored(recipe, data)
    if restored is None:
        msg = f"{recipe.file} has changed since the recipe was made"
        raise RecipeError(msg)
    return restored


def _restored(recipe: Recipe, data: bytes) -> bytes | None:
    """Give the file as it was before ``recipe``; None when this is not what it left."""
    try:
        before = _rewritten(recipe.file, data, _backwards(recipe))
    except (DocumentError, OverlapError):
        return None
    return before if _hash(before) == recipe.sha256 else None


def _backwards(recipe: Recipe) -> tuple[Edit, ...]:
    """Turn the edits round: put back what each took away."""
    back, shift = [], 0
    for edit, removed in zip(recipe.edits, recipe.removed, strict=True):
        start = edit.span.start + shift
        back.append(Edit(edit.file, Span(start, start + len(edit.text)), removed))
        shift += len(edit.text) - len(removed)
    return tuple(back)


def to_plain(recipe: Recipe) -> dict[str, Any]:
    """Give what a recipe's file holds."""
    return {
        "file": recipe.file,
        "sha256": recipe.sha256,
        "removed": list(recipe.removed),
        "edits": [
            {
                "file": each.file,
                "span": {"start": each.span.start, "end": each.span.end},
                "text": each.text,
            }
            for each in recipe.edits
        ],
    }


def from_bytes(data: bytes) -> tuple[Recipe, ...]:
    """Read a file of recipes: that of a candidate, or those of several together.

    Raises:
        RecipeError: It is none that we wrote.
    """
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecipeError(_NOT_OURS) from error
    return tuple(map(from_plain, told if isinstance(told, list) else [told]))


def from_plain(plain: Any) -> Recipe:
    """Read what `to_plain` gave.

    Raises:
        RecipeError: It is not a recipe.
    """
    try:
        edits = tuple(
            Edit(
                str(each["file"]),
                Span(int(each["span"]["start"]), int(each["span"]["end"])),
                str(each["text"]),
            )
            for each in plain["edits"]
        )
        recipe = Recipe(
            str(plain["file"]),
            str(plain["sha256"]),
            edits,
            tuple(map(str, plain["removed"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RecipeError(_NOT_OURS) from error
    if len(recipe.removed) != len(edits) or {each.file for each in edits} - {recipe.file}:
        msg = "this recipe contradicts itself"
        raise RecipeError(msg)
    return recipe


def _rewritten(file: str, data: bytes, edits: tuple[Edit, ...]) -> bytes:
    written = read_text(file, data)
    return written.encoded(apply_edits(written.text, edits))


def _expect(data: bytes, sha256: str, file: str) -> None:
    if _hash(data) != sha256:
        msg = f"{file} has changed since the recipe was made"
        raise RecipeError(msg)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
