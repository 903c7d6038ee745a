from __future__ import annotations

import codecs

import pytest

from tasks.domain.written import Manner, read_written


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("a:\n  b:\n    - x\n", Manner(2, True, '"', "\n")),  # noqa: FBT003  # a table of values
        ("a:\n    b:\n    - 'x'\n", Manner(4, False, "'", "\n")),  # noqa: FBT003  # as above
        ("a:\r\n  b: 1\r\n", Manner(2, True, '"', "\r\n")),  # noqa: FBT003  # as above
        ("", Manner()),
    ],
    ids=["two columns", "four columns, flat lists", "CRLF", "empty"],
)
def test_the_manner_of_a_file_is_learnt_from_what_it_holds(text: str, manner: Manner) -> None:
    assert read_written("f.yaml", text.encode()).manner == manner


@pytest.mark.parametrize(
    "data",
    [
        b"a: 1\n",
        codecs.BOM_UTF8 + b"a: 1\r\nb: 2",
        codecs.BOM_UTF16_LE + "a: 1\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "a: é\n".encode("utf-16-be"),
    ],
)
def test_encoding_and_byte_order_mark_are_kept(data: bytes) -> None:
    written = read_written("f.yaml", data)

    assert written.text.startswith("a")
    assert written.encoded(written.text) == data


def test_lines_end_as_git_counts_them() -> None:
    written = read_written("f.yaml", b"a: 1\r\nb: 2")

    assert [written.line(n) for n in range(written.count)] == ["a: 1\r\n", "b: 2"]
