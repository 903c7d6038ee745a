from __future__ import annotations

import pytest

from tasks.domain.candidates import Edit
from tasks.domain.insertions import SameFieldError, merged
from tasks.domain.platform.nodes import Span


def insertion(text: str, at: int = 4) -> Edit:
    return Edit("f.yaml", Span(at, at), text)


def test_two_additions_to_one_new_mapping_become_one() -> None:
    one = insertion("  sec:\n    a: 1\n    caps:\n    - X\n")
    other = insertion("  sec:\n    caps:\n    - Y\n    b: 2\n")

    assert merged([one, other]) == [
        insertion("  sec:\n    a: 1\n    caps:\n    - X\n    - Y\n    b: 2\n")
    ]


def test_lists_at_the_column_of_their_key_merge_too() -> None:
    assert merged([insertion("l:\n- a\n"), insertion("l:\n- b\nm: 1\n")]) == [
        insertion("l:\n- a\n- b\nm: 1\n")
    ]


def test_the_same_edit_twice_is_one() -> None:
    edit = Edit("f.yaml", Span(1, 3), "x")

    assert merged([edit, edit, insertion("a: 1\n"), insertion("a: 1\n")]) == [
        edit,
        insertion("a: 1\n"),
    ]


def test_additions_to_a_flow_mapping_stand_side_by_side() -> None:
    assert merged([insertion(", a: 1"), insertion(", b: 2")]) == [insertion(", a: 1, b: 2")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (insertion("a: 1\n"), insertion("a: 2\n")),
        (insertion("s:\n  a: 1\n"), insertion("s:\n  a: 2\n")),
        (insertion(", a: 1"), insertion(", a: 2")),
        (insertion("\na: 1"), insertion("\na: 2")),
        (insertion(" 1"), insertion(" 2")),
        (Edit("f", Span(1, 2), "x"), Edit("f", Span(1, 2), "y")),
    ],
)
def test_one_field_with_two_values_is_a_conflict(one: Edit, other: Edit) -> None:
    with pytest.raises(SameFieldError):
        merged([one, other])


def test_lines_behind_a_last_line_without_an_end_merge_too() -> None:
    assert merged([insertion("\na:\n  b: 1"), insertion("\na:\n  c: 1")]) == [
        insertion("\na:\n  b: 1\n  c: 1")
    ]


@pytest.mark.parametrize("deep", ["      - CHOWN\n", "    - CHOWN\n", "      cpus: 1\n"])
def test_what_ends_an_inner_part_stands_before_a_new_outer_key(deep: str) -> None:
    key, other = "    cap_drop:\n      - ALL\n", "    read_only: true\n"

    for order in ([key, deep, other], [deep, key, other], [key, other, deep]):
        assert merged(map(insertion, order)) == [insertion(deep + key + other)]


def test_whole_objects_stand_behind_what_belongs_to_the_object_before() -> None:
    at = Span(9, 9)
    field = Edit("f", at, "  a: 1\n")
    first, second = Edit("f", at, "---\nkind: A\n"), Edit("f", at, "---\nkind: B\n")

    (joined,) = merged([first, field, second])

    assert joined.text == "  a: 1\n---\nkind: A\n---\nkind: B\n"


def test_two_keys_for_an_empty_mapping_are_parted_by_a_comma() -> None:
    at = Span(9, 9)

    (joined,) = merged([Edit("f", at, "a: {b: 1}"), Edit("f", at, "c: 2")])

    assert joined.text == "a: {b: 1}, c: 2"
