from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.emitting import Alias, Tree, block, block_item, flow, scalar
from tasks.domain.written import Manner

NAMES = st.sampled_from(["deploy", "cap_drop", "on", "1", "a b", "key"])
LEAVES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.none(),
    st.sampled_from(["yes", "off", "1.5", "22:22", "0x1f", "~", "a: b", "- a", "#", "'", '"']),
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)


@given(TREES, st.sampled_from(["'", '"']), st.booleans(), st.sampled_from([2, 4]))
def test_what_is_written_reads_back_as_the_same(
    tree: Tree, quote: str, lists_indented: bool, step: int
) -> None:
    manner = Manner(step, lists_indented, quote)

    assert yaml.safe_load("\n".join(block("key", tree, 0, manner))) == {"key": tree}
    assert yaml.safe_load("\n".join(block_item(tree, 2, manner))) == [tree]
    assert yaml.safe_load(flow({"key": tree}, quote)) == {"key": tree}


@given(TREES)
def test_a_file_of_json_stays_json(tree: Tree) -> None:
    assert json.loads(flow({"key": tree}, as_json=True)) == {"key": tree}


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ("no-new-privileges:true", "no-new-privileges:true"),
        ("1s", "1s"),
        ("22:22", '"22:22"'),
        ("on", '"on"'),
        (True, "true"),
        (Alias("base"), "*base"),
    ],
)
def test_only_what_needs_quotes_gets_them(tree: Tree, text: str) -> None:
    assert scalar(tree) == text


def test_durations_and_quantities_are_written_as_people_do() -> None:
    manner = Manner(4, lists_indented=False)

    assert block("cap_drop", ["ALL"], 2, manner) == ["  cap_drop:", "  - ALL"]
    assert block("a", {"b": {}}, 0, manner) == ["a:", "    b: {}"]
