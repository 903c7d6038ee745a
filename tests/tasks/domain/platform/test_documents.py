from __future__ import annotations

import pytest

from tasks.domain.platform.documents import MAX_DEPTH, DocumentError, decode, parse
from tasks.domain.platform.nodes import Alias, Mapping, Scalar, target


def _bomb(levels: int) -> str:
    lines = [f"x{i}: &x{i} {{<<: [*x{i - 1}, *x{i - 1}]}}" for i in range(1, levels)]
    return "\n".join(["x0: &x0 {k: 1}", *lines])


def test_every_scalar_points_at_its_own_text() -> None:
    text = "a: 1\r\nb:\r\n  - 'é2'\r\n  - x: |\r\n      long\r\n"

    (document,) = parse("f.yaml", text)

    assert isinstance(document.root, Mapping)
    first = document.root.pairs[0].value
    assert isinstance(first, Scalar)
    assert text[first.span.start : first.span.end] == "1"
    assert (first.place.line, first.place.column) == (1, 4)


def test_an_alias_stands_for_its_target_and_keeps_its_own_place() -> None:
    (document,) = parse("f.yaml", "a: &x {b: 1}\nc: *x\n")

    assert isinstance(document.root, Mapping)
    alias = document.root.pairs[1].value
    assert isinstance(alias, Alias)
    assert alias.place.line == 2
    assert target(alias).place.line == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("a: &a [*a]", "contains itself", id="cyclic alias"),
        pytest.param("a: *b", "not defined", id="unknown alias"),
        pytest.param(_bomb(26), "expands to over", id="merge-key bomb"),
        pytest.param("[" * (MAX_DEPTH + 5), "nested deeper", id="too deep"),
        pytest.param("a:\n\t- b", "is not YAML", id="tab"),
        pytest.param("a: b\x00", "character that YAML forbids", id="NUL"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_reason(text: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        parse("f.yaml", text)

    assert str(caught.value).startswith("f.yaml:")


def test_a_bomb_just_below_the_budget_is_read() -> None:
    assert len(parse("f.yaml", _bomb(15))) == 1


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert decode("f.yaml", b"\xef\xbb\xbfa: 1\n") == "a: 1\n"


def test_bytes_that_are_not_text_are_refused_with_their_line() -> None:
    with pytest.raises(DocumentError, match=r"f\.yaml:2:"):
        decode("f.yaml", b"a: 1\nb: \xff\xff\n")
