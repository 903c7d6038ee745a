from __future__ import annotations

import gc

import pytest

from tasks.domain.platform.documents import MAX_DEPTH, DocumentError, decode, parse
from tasks.domain.platform.nodes import Alias, Mapping, Scalar, target


def _bomb(levels: int) -> str:
    lines = [f"x{i}: &x{i} {{<<: [*x{i - 1}, *x{i - 1}]}}" for i in range(1, levels)]
    return "\n".join(["x0: &x0 {k: 1}", *lines])


def _laughs(levels: int) -> str:
    lines = [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, levels + 1)]
    return "\n".join(["x0: &x0 [lol]", *lines])


def _steps(levels: int) -> str:
    lines = [f"x{n}: &x{n} [*x{n - 1}]" for n in range(1, levels)]
    return "\n".join(["x0: &x0 [1]", *lines])


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
        pytest.param("a:\n\t- b", "2: is not YAML: a tab indents it", id="tab"),
        pytest.param("é: 1\na: b\x00", "2: .*character that YAML forbids", id="NUL"),
        pytest.param("a: 1\nb: \ud800", "2: .*character that YAML forbids", id="half a character"),
        pytest.param("a: 1\nb: " + "9" * 65, "2: holds a number of more", id="long number"),
        pytest.param(_steps(150), "deeper than 100 through its aliases", id="high"),
        pytest.param(_laughs(6), "expands to over", id="billion laughs"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_reason(text: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        parse("f.yaml", text)

    assert str(caught.value).startswith("f.yaml:")


def test_a_bomb_just_below_the_budget_is_read() -> None:
    assert len(parse("f.yaml", _bomb(15))) == 1


def test_what_is_written_out_many_times_may_be_added_many_times() -> None:
    common = "x: &x {" + ", ".join(f"k{n}: v" for n in range(50)) + "}\n"
    services = "".join(f"s{n}: {{<<: *x, a: b, c: d, e: f}}\n" for n in range(5000))

    assert len(parse("f.yaml", common + services)) == 1


def test_keys_that_stand_again_are_noted_with_both_places() -> None:
    (document,) = parse("f.yaml", "a: 1\nb: {c: 1, c: 2}\na: 2\n<<: {}\n<<: {}\n")

    found = [(each.key, each.first.line, each.place.line) for each in document.repeated]
    assert found == [("c", 2, 2), ("a", 1, 3)]


@pytest.mark.parametrize("tag", ["!!str", "!", "!reset", "!override", "!!binary"])
def test_known_tags_are_not_foreign(tag: str) -> None:
    (document,) = parse("f.yaml", f"a: {tag} b\n")

    assert document.foreign is None


def test_the_first_foreign_tag_is_noted_for_its_document_only() -> None:
    first, second = parse("f.yaml", "a: 1\nb: !!python/name:os.system ''\n---\na: b\n")

    assert first.foreign is not None
    assert (first.foreign[0], first.foreign[1].line) == ("!!python/name:os.system", 2)
    assert second.foreign is None


def test_reading_leaves_the_collector_of_cycles_as_it_was() -> None:
    assert gc.isenabled()
    with pytest.raises(DocumentError):
        parse("f.yaml", "a: [")

    assert gc.isenabled()


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert decode("f.yaml", b"\xef\xbb\xbfa: 1\n") == "a: 1\n"


def test_bytes_that_are_not_text_are_refused_with_their_line() -> None:
    with pytest.raises(DocumentError, match=r"f\.yaml:2:"):
        decode("f.yaml", b"a: 1\nb: \xff\xff\n")
