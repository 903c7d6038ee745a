import pytest

from tasks.domain.platform.dockerfile_syntax import Instruction
from tasks.domain.platform.shell import commands


def _words(rest: str, *heredocs: str) -> list[tuple[str, ...]]:
    return [each.words for each in commands(Instruction("RUN", rest, 1, heredocs))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b && c || d; e", [("a", "b"), ("c",), ("d",), ("e",)]),
        ("echo 'a && b'", [("echo", "a && b")]),
        ("A=1 sudo -E make x=2", [("make", "x=2")]),
        ("--mount=type=cache,target=/x make", [("make",)]),
        ('["make", "a;b"]', [("make", "a;b")]),
        ("if true; then make; fi", [("true",), ("make",), ("fi",)]),
        ("echo 'open && make", [("echo", "'open"), ("make",)]),
    ],
)
def test_a_line_is_split_where_a_shell_would_split_it(
    text: str, words: list[tuple[str, ...]]
) -> None:
    assert _words(text) == words


def test_each_line_of_a_heredoc_is_a_command() -> None:
    assert _words("<<EOF", "make a\nmake b") == [("make", "a"), ("make", "b")]


def test_a_command_knows_that_it_reads_the_one_before_it() -> None:
    found = commands(Instruction("RUN", "curl x | /bin/sh && make", 1))

    assert [(each.program, each.piped) for each in found] == [
        ("curl", False),
        ("sh", True),
        ("make", False),
    ]
