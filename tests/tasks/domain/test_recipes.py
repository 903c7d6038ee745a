from __future__ import annotations

import codecs
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.candidates import Edit, Recipe
from tasks.domain.platform.nodes import Span
from tasks.domain.recipes import RecipeError, follow, from_plain, make, to_plain, undo
from tasks.domain.written import read_text

DATA = codecs.BOM_UTF8 + "a: 1 # hunter2\r\nb: é".encode()


def made(file: str, data: bytes, edits: list[Edit]) -> Recipe:
    return make(read_text(file, data), hashlib.sha256(data).hexdigest(), edits)


RECIPE = made("f.yaml", DATA, [Edit("f.yaml", Span(3, 4), "22"), Edit("f.yaml", Span(19, 20), "x")])


def test_a_recipe_changes_its_characters_and_is_undone_to_the_same_bytes() -> None:
    after = follow(RECIPE, DATA)

    assert after == codecs.BOM_UTF8 + b"a: 22 # hunter2\r\nb: x"
    assert undo(RECIPE, after) == DATA


def test_doing_it_twice_changes_nothing() -> None:
    after = follow(RECIPE, DATA)

    assert follow(RECIPE, after) == after
    assert undo(RECIPE, DATA) == DATA


def test_a_file_that_changed_meanwhile_is_refused() -> None:
    with pytest.raises(RecipeError, match="changed"):
        follow(RECIPE, DATA + b"x")
    with pytest.raises(RecipeError, match="changed"):
        undo(RECIPE, DATA + b"x")


def test_a_recipe_does_not_show_the_line_that_it_changes() -> None:
    assert "hunter2" not in str(to_plain(RECIPE))


def test_a_recipe_survives_being_written_down() -> None:
    assert from_plain(to_plain(RECIPE)) == RECIPE


@pytest.mark.parametrize("broken", [None, [], {"file": "f"}, {**to_plain(RECIPE), "removed": []}])
def test_what_is_no_recipe_is_refused(broken: object) -> None:
    with pytest.raises(RecipeError):
        from_plain(broken)


@given(st.integers(0, 9), st.integers(0, 9), st.text("xyé\n", max_size=4))
def test_any_edit_is_undone_to_the_same_bytes(start: int, length: int, text: str) -> None:
    data = b"key: value # c\r\n"
    edit = Edit("f", Span(start, min(start + length, 14)), text)
    recipe = made("f", data, [edit])

    assert undo(recipe, follow(recipe, data)) == data
