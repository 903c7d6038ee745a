from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.candidates import Edit
from tasks.domain.edits import insert_key
from tasks.domain.patches import (
    OverlapError,
    UnshowableError,
    apply_edits,
    quoted,
    unified_diff,
)
from tasks.domain.platform.nodes import Mapping, Span
from tasks.domain.written import Written, read_written
from tasks.tools.git import apply, reverse


def root(file: Written) -> Mapping:
    node = file.documents[0].root
    assert isinstance(node, Mapping)
    return node


def add(file: Written, text: str, before: str) -> Edit:
    at = file.text.index(before)
    return Edit(file.file, Span(at, at), text)


@pytest.mark.parametrize(
    ("data", "old", "new"),
    [
        (b"kind: A\nname: b\nport: 1\n", "b", "c"),
        (b"kind: A\r\nname: b\r\nport: 1\r\n", "name", "port: 2\r\nname"),
        (b"\xef\xbb\xbfkind: A\nname: b\n", "kind: A", "kind: B"),
        (b"kind: A\nname: b", "name: b", "name: c"),
        (b"kind: A\nname: b", "kind: A\n", ""),
        (b"kind: A", "kind: A", "kind: A\nname: c\n"),
        (b"kind: A\nname: b\n", "name: b\n", ""),
        (b"kind: A\n", "kind: A\n", ""),
    ],
    ids=["change", "CRLF", "byte order mark", "no final line end", "line removed before it",
         "final line end added", "last line removed", "all removed"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["f.yaml", "a b/ü\t'\"\\.yaml", "deploy (1)/中.yaml"])
def test_git_applies_the_diff_and_undoes_it(data: bytes, old: str, new: str, name: str) -> None:
    file = read_written(name, data)
    at = file.text.index(old)
    edit = Edit(name, Span(at, at + len(old)), new)
    expected = file.encoded(apply_edits(file.text, [edit]))
    patch = unified_diff(file, [edit])

    assert apply(patch, {name: data}) == {name: expected}
    assert reverse(patch, {name: expected}) == {name: data}


def test_lines_that_may_hold_a_secret_are_no_context() -> None:
    file = read_written(
        "f.yaml",
        b"web:\n  # hunter2\n  image: a\n  restart: no\n  environment:\n    K: hunter2\n",
    )
    patch = unified_diff(file, [add(file, "  privileged: false\n", "  restart")])

    assert patch.splitlines()[3:] == [
        "@@ -3,3 +3,4 @@",
        "   image: a",
        "+  privileged: false",
        "   restart: no",
        "   environment:",
    ]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("web:\n  image: a\n  K: hunter2\n", "  K:"),
        ("web:\n  K: hunter2\n  image: a\n", "  image"),
        ("web: {image: a, K: hunter2}\n", "image"),
        ("web:\n  image: a # hunter2\n", "a #"),
    ],
    ids=["line after", "line before", "the line itself", "comment"],
)
def test_a_change_at_a_secret_has_no_diff(text: str, before: str) -> None:
    file = read_written("f.yaml", text.encode())
    new = "\n" if before.startswith(" ") else "b"

    with pytest.raises(UnshowableError):
        unified_diff(file, [add(file, new, before)])


def test_a_file_that_git_takes_for_binary_has_no_diff() -> None:
    file = read_written("f.yaml", "\ufeffkind: A\n".encode("utf-16-le"))

    with pytest.raises(UnshowableError, match="binary"):
        unified_diff(file, [add(file, "name: b\n", "kind")])


def test_edits_that_share_characters_are_refused() -> None:
    edits = [Edit("f", Span(0, 3), "x"), Edit("f", Span(2, 4), "y")]

    with pytest.raises(OverlapError):
        apply_edits("abcdef", edits)


def test_insertions_at_one_place_keep_their_order() -> None:
    edits = [Edit("f", Span(1, 1), "x"), Edit("f", Span(1, 1), "y")]

    assert apply_edits("ab", edits) == "axyb"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("a b.yaml", "a b.yaml"),
        ("é.yaml", '"\\303\\251.yaml"'),
        ('a"b\\c.yaml', '"a\\"b\\\\c.yaml"'),
        ("a\x01.yaml", '"a\\001.yaml"'),
    ],
)
def test_paths_are_quoted_as_git_does(path: str, written: str) -> None:
    assert quoted(path) == written


FREE = st.sampled_from(["SECRET", {"K": "SECRET"}, ["K=SECRET"], "x\nSECRET\n"])
SERVICES = st.dictionaries(
    st.sampled_from(["web", "db", "cache"]),
    st.fixed_dictionaries(
        {},
        optional={
            "image": st.just("nginx:1.27"),
            "restart": st.just("always"),
            "ports": st.just(["80:80"]),
            "environment": FREE,
            "command": FREE,
            "labels": FREE,
        },
    ),
    min_size=1,
)


@settings(max_examples=60, deadline=None)
@given(SERVICES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans(), st.booleans())
def test_no_patch_shows_a_secret_and_git_restores_the_bytes(
    services: dict[str, Any], line_end: str, mark: bool, final: bool, flow: bool
) -> None:
    text = yaml.safe_dump({"services": services}, default_flow_style=flow)
    text = text.replace("SECRET", "hunter2").replace("\n", line_end)
    data = ("\ufeff" * mark + (text if final else text.rstrip())).encode()
    file = read_written("f.yaml", data)
    edits = [
        insert_key(file, pair.value, "cap_drop", ["ALL"])  # type: ignore[arg-type]  # a mapping, as dumped above
        for pair in root(file).named("services")[0].value.pairs  # type: ignore[union-attr]  # as above
    ]
    try:
        patch = unified_diff(file, edits)
    except UnshowableError:
        return
    after = file.encoded(apply_edits(file.text, edits))

    assert "hunter2" not in patch
    assert apply(patch, {"f.yaml": data}) == {"f.yaml": after}
    assert reverse(patch, {"f.yaml": after}) == {"f.yaml": data}
