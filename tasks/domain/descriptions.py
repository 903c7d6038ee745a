"""What several edits make of a file: a recipe for what no diff may show, and a diff of the rest."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.patches import UnshowableError, unified_diff
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.nodes import Span
from tasks.domain.recipes import follow, make
from tasks.domain.written_dockerfiles import read_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from tasks.domain.candidates import Edit, Recipe
    from tasks.domain.written import Written


def describe(file: str, data: bytes, edits: Sequence[Edit]) -> tuple[str, Recipe | None]:
    """Describe ``edits`` of a file, which are in their order and do not overlap.

    The recipe holds for the file as it is; the diff, for what the recipe makes of it.
    """
    written, content = read_file(file, data), hashlib.sha256(data).hexdigest()
    try:
        return unified_diff(written, edits), None
    except UnshowableError:
        hidden = {each.span for each in edits if not _shows(written, each)}
    recipe = make(written, content, [each for each in edits if each.span in hidden])
    try:
        upon = read_file(file, follow(recipe, data))
        return unified_diff(upon, list(_upon(edits, hidden))), recipe
    except (UnshowableError, DocumentError):
        return "", make(written, content, edits)


def _shows(written: Written, edit: Edit) -> bool:
    try:
        unified_diff(written, [edit])
    except UnshowableError:
        return False
    return True


def _upon(edits: Sequence[Edit], made: Collection[Span]) -> Iterator[Edit]:
    """Give the other ``edits`` of a text that has those at the places ``made`` already."""
    shift = 0
    for each in edits:
        start, end = each.span.start, each.span.end
        if each.span in made:
            shift += len(each.text) - (end - start)
        else:
            yield replace(each, span=Span(start + shift, end + shift))
