from __future__ import annotations

import pytest

from tasks.domain.patches import apply_edits
from tasks.domain.platform.nodes import Mapping, Sequence
from tasks.domain.security.candidates.ground import NotOfferedError
from tasks.domain.security.candidates.lists import appended
from tasks.domain.written import Written, read_written


def sequence(text: str) -> tuple[Written, Sequence]:
    written = read_written("f.yaml", text.encode())
    root = written.documents[0].root
    assert isinstance(root, Mapping)
    node = root.pairs[0].value
    assert isinstance(node, Sequence)
    return written, node


@pytest.mark.parametrize(
    ("before", "after"),
    [("k:\n- a\nz: 1\n", "k:\n- a\n- b\n- c\nz: 1\n"), ("k: [a]\n", "k: [a, b, c]\n")],
)
def test_several_items_follow_each_other(before: str, after: str) -> None:
    written, node = sequence(before)

    assert apply_edits(before, appended(written, node, ["b", "c"])) == after
    assert appended(written, node, []) == ()


def test_an_unusual_list_is_left_alone() -> None:
    written, node = sequence("k:\n-\n  a: 1\n")

    with pytest.raises(NotOfferedError):
        appended(written, node, ["b"])
