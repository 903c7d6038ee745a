"""Requirements on files of variables."""

import time

import pytest

from tasks.domain.platform.compose.dotenv import DotenvError, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\n", {"A": "1"}),
        ("export A = 1 \r\nB: 2", {"A": "1", "B": "2"}),
        ("# note\n\nA=1 # note\nB=1#2\n", {"A": "1", "B": "1#2"}),
        ("A='$X \"q\"' # note\n", {"A": '$X "q"'}),
        ('A="x\\ty\\"z"\n', {"A": 'x\ty"z'}),
        ("A=1\nB=${A}2\nC='${A}'\n", {"A": "1", "B": "12", "C": "${A}"}),
        ("A='one\ntwo'\nB=3\n", {"A": "one\ntwo", "B": "3"}),
        ("A=\nB\n", {"A": "", "B": None}),
        ("KNOWN\nB=$KNOWN\n", {"KNOWN": "k", "B": "k"}),
        ("", {}),
    ],
)
def test_a_line_is_read_as_docker_compose_reads_it(
    text: str, expected: dict[str, str | None]
) -> None:
    found = parse(text, {"KNOWN": "k"})

    assert {name: value for name, (value, _) in found.items()} == expected


def test_each_variable_knows_its_line() -> None:
    found = parse("# one\nA='x\ny'\n\nB=2\n", {})

    assert {name: line for name, (_, line) in found.items()} == {"A": 2, "B": 5}


@pytest.mark.parametrize(("text", "line"), [("A=1\n=2\n", 2), ("A=1\n\nB='x\n", 3), ("A=${B\n", 1)])
def test_a_broken_line_is_named_without_its_text(text: str, line: int) -> None:
    with pytest.raises(DotenvError) as caught:
        parse(text, {})

    assert caught.value.line == line


def test_a_long_file_costs_little() -> None:
    began = time.perf_counter()
    parse("A=1\n" * 100_000, {})

    assert time.perf_counter() - began < 5


def test_variables_that_double_each_other_are_refused() -> None:
    lines = "A0=xxxxxxxx\n" + "".join(f"A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 60))

    with pytest.raises(DotenvError, match="grows"):
        parse(lines, {})
