from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.edits import (
    NotEditableError,
    append_item,
    insert_key,
    remove_item,
    remove_pair,
    set_scalar,
)
from tasks.domain.patches import apply_edits, inverse
from tasks.domain.platform.nodes import Mapping, Sequence
from tasks.domain.written import Written, read_written

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.domain.candidates import Edit


def written(text: str) -> Written:
    return read_written("f.yaml", text.encode())


def at(file: Written, *path: str | int) -> Any:
    """Walk to a node by keys and indices."""
    node: Any = file.documents[0].root
    for step in path:
        node = node.items[step] if isinstance(step, int) else node.named(step)[0].value
    return node


def insert(text: str, *path: str) -> str:
    file = written(text)
    return apply_edits(text, [insert_key(file, at(file, *path), "new", ["x"])])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("web:\n  image: a\n", "web:\n  image: a\n  new:\n    - x\n"),
        (
            "web:\n    image: a\n    l:\n    - 1\n",
            "web:\n    image: a\n    new:\n    - x\n    l:\n    - 1\n",
        ),
        ("web:\r\n  image: a\r\n", "web:\r\n  image: a\r\n  new:\r\n    - x\r\n"),
        ("web:\n  image: a", "web:\n  new:\n    - x\n  image: a"),
        ("web: {image: a}\n", "web: {image: a, new: [x]}\n"),
        ("web: {}\n", "web: {new: [x]}\n"),
        ('{"web": {"image": "a"}}\n', '{"web": {"image": "a", "new": ["x"]}}\n'),
        ("web: {image: a, # why\n  }\n", "web: {image: a, new: [x], # why\n  }\n"),
        (
            "web:\n  # first\n  image: a # here\n\n  # then\n  k: 1\n",
            "web:\n  # first\n  image: a # here\n  new:\n    - x\n\n  # then\n  k: 1\n",
        ),
        (
            "web:\n  c: |\n    a\n    \tb\n\nz: 1\n",
            "web:\n  c: |\n    a\n    \tb\n  new:\n    - x\n\nz: 1\n",
        ),
        ("web:\n  c: |+\n    a\n\nz: 1\n", "web:\n  c: |+\n    a\n\n  new:\n    - x\nz: 1\n"),
        ("web: &w\n  image: a\n", "web: &w\n  image: a\n  new:\n    - x\n"),
        ("a: &w {k: 1}\nweb:\n  <<: *w\n", "a: &w {k: 1}\nweb:\n  <<: *w\n  new:\n    - x\n"),
        ("web:\n  image: a\n# tail\n", "web:\n  new:\n    - x\n  image: a\n# tail\n"),
        ("web:\n  k:\n  image: a\n", "web:\n  k:\n  new:\n    - x\n  image: a\n"),
    ],
    ids=lambda text: text.replace("\n", "/"),
)
def test_a_key_is_added_in_the_manner_of_the_file(before: str, after: str) -> None:
    assert insert(before, "web") == after


def test_a_key_goes_where_a_patch_can_show_both_neighbours() -> None:
    text = "web:\n  environment:\n    K: hunter2\n  image: a\n  restart: always\n"

    assert insert(text, "web").splitlines()[3:5] == ["  image: a", "  new:"]


def test_a_mapping_in_a_list_gets_its_key_below_the_dash() -> None:
    text = "l:\n- name: a\n  image: b\n"
    file = written(text)
    edit = insert_key(file, at(file, "l", 0), "new", {"deep": True})

    assert apply_edits(text, [edit]) == "l:\n- name: a\n  new:\n    deep: true\n  image: b\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k: 1 # c\n", "k: v # c\n"),
        ("k: 'a'\n", "k: 'v'\n"),
        ('k: "a"\n', 'k: "v"\n'),
        ("k: &n a\n", "k: &n v\n"),
        ("k:\nz: 1\n", "k: v\nz: 1\n"),
        ("k: a", "k: v"),
        ("{k: a, z: 1}\n", "{k: v, z: 1}\n"),
    ],
)
def test_a_scalar_changes_and_its_quotes_anchor_and_comment_stay(before: str, after: str) -> None:
    file = written(before)

    assert apply_edits(before, [set_scalar(file, at(file, "k"), "v")]) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k:\n- a\n- b: 1\n  c: 2\nz: 1\n", "k:\n- a\n- b: 1\n  c: 2\n- v\nz: 1\n"),
        ("k:\n    - a", "k:\n    - a\n    - v"),
        ("k: [a]\n", "k: [a, v]\n"),
        ("k: []\n", "k: [v]\n"),
        ('{"k": ["a"]}\n', '{"k": ["a", "v"]}\n'),
    ],
)
def test_an_item_is_added_at_the_end_of_a_list(before: str, after: str) -> None:
    file = written(before)

    assert apply_edits(before, [append_item(file, at(file, "k"), "v")]) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\nk:\n  - x\n  - y\nz: 1\n", "a: 1\nz: 1\n"),
        ("k: 1\n\nz: 1\n", "\nz: 1\n"),
        ("k: 1  # why\nz: 1\n", "# why\nz: 1\n"),
        ("# above\nk: 1\nz: 1\n", "# above\nz: 1\n"),
        ("z: 1\nk: 1", "z: 1"),
        ("z: 1\r\nk: 1", "z: 1"),
        ("{k: 1, z: 1}\n", "{z: 1}\n"),
        ("{z: 1, k: 1}\n", "{z: 1}\n"),
    ],
)
def test_a_key_is_removed_with_its_lines_and_comments_stay(before: str, after: str) -> None:
    file = written(before)
    root = at(file)
    edit = remove_pair(file, root, root.named("k")[0])

    assert apply_edits(before, [edit]) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k:\n  - a\n  - b\n  - c\n", "k:\n  - a\n  - c\n"),
        ("k: [a, b, c]\n", "k: [a, c]\n"),
        ("k:\n- a\n- b # why\n- c\n", "k:\n- a\n# why\n- c\n"),
    ],
)
def test_an_item_is_removed_with_its_line(before: str, after: str) -> None:
    file = written(before)

    assert apply_edits(before, [remove_item(file, at(file, "k"), 1)]) == after


@pytest.mark.parametrize(
    "change",
    [
        lambda f: insert_key(f, at(f, "m"), "a", 1),
        lambda f: set_scalar(f, at(f, "text"), "v"),
        lambda f: set_scalar(f, at(f, "m"), "v"),
        lambda f: set_scalar(f, at(f, "tagged"), "v"),
        lambda f: set_scalar(f, at(f, "alias"), "v"),
        lambda f: remove_item(f, at(f, "one"), 0),
        lambda f: remove_pair(f, at(f, "m"), at(f, "m").pairs[0]),
        lambda f: remove_pair(f, at(f, "maps", 0), at(f, "maps", 0).pairs[0]),
        lambda f: append_item(f, at(f, "nested"), "v"),
    ],
    ids=["key exists", "block scalar", "mapping", "tag", "alias", "only item", "only key",
         "behind a dash", "dash on a line of its own"],
)  # fmt: skip
def test_what_cannot_be_changed_safely_is_refused(change: Callable[[Written], Edit]) -> None:
    file = written(
        "m: {a: 1}\ntext: |\n  x\ntagged: !reset null\nanchor: &n 1\nalias: *n\none: [a]\n"
        "maps:\n- a: 1\n  b: 2\nnested:\n-\n  a: 1\n"
    )

    with pytest.raises(NotEditableError):
        change(file)


NAMES = st.sampled_from(["image", "environment", "ports", "k", "z"])
VALUES = st.recursive(
    st.sampled_from(["a", "hunter2", "80:80", "two\nlines\n", "#x", ""]) | st.integers(0, 9),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(
    st.dictionaries(NAMES, VALUES, min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from([2, 4]),
)
def test_an_insertion_adds_one_key_and_is_undone_to_the_same_text(
    service: dict[str, Any], flow: bool, line_end: str, final: bool, indent: int
) -> None:
    text = yaml.safe_dump({"web": service, "tail": 1}, default_flow_style=flow, indent=indent)
    text = text.replace("\n", line_end) if final else text.replace("\n", line_end).rstrip()
    file = written(text)
    before = yaml.safe_load(text)
    edits = [insert_key(file, at(file, "web"), "new", {"deep": ["x"]})]
    after = apply_edits(text, edits)

    assert yaml.safe_load(after) == before | {"web": before["web"] | {"new": {"deep": ["x"]}}}
    assert apply_edits(after, inverse(text, edits)) == text


@settings(max_examples=200)
@given(st.dictionaries(NAMES, VALUES, min_size=2, max_size=4), st.booleans(), st.data())
def test_a_removal_takes_one_key_and_is_undone_to_the_same_text(
    service: dict[str, Any], flow: bool, data: st.DataObject
) -> None:
    text = yaml.safe_dump(service, default_flow_style=flow)
    file = written(text)
    root = file.documents[0].root
    assert isinstance(root, Mapping)
    pair = data.draw(st.sampled_from(root.pairs))
    edits = [remove_pair(file, root, pair)]
    after = apply_edits(text, edits)
    name = yaml.safe_load(text[pair.key.span.start : pair.key.span.end])

    assert yaml.safe_load(after) == {k: v for k, v in service.items() if k != name}
    assert apply_edits(after, inverse(text, edits)) == text


@given(st.lists(VALUES, min_size=2, max_size=4), st.booleans())
def test_an_appended_item_is_the_only_difference(items: list[Any], flow: bool) -> None:
    text = yaml.safe_dump({"k": items, "z": 1}, default_flow_style=flow)
    file = written(text)
    sequence = at(file, "k")
    assert isinstance(sequence, Sequence)

    after = apply_edits(text, [append_item(file, sequence, "v")])

    assert yaml.safe_load(after) == {"k": [*items, "v"], "z": 1}
