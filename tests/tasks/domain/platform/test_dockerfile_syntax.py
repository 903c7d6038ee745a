import pytest

from tasks.domain.platform.dockerfile_syntax import instructions

WHOLE = """\
# syntax=docker/dockerfile:1
ARG BASE=debian
ARG TAG
FROM ${BASE}:12 AS build
USER builder
ENV TOKEN="hunter2 do not keep" PLAIN=1
RUN echo a && \\
    # a comment in between

    echo b
FROM --platform=$BUILDPLATFORM nginx:${TAG}
ARG BASE
COPY --from=build /x /x
from build
HEALTHCHECK --interval=1m30s --timeout=500ms --start-period=5s --retries=4 \\
  CMD curl -f http://localhost/
EXPOSE 80/tcp
CMD ["nginx", "-g", "daemon off;"]
"""


def keywords(text: str) -> list[tuple[str, int]]:
    return [(each.keyword, each.line) for each in instructions("Dockerfile", text)]


def test_instructions_keep_the_line_on_which_they_begin() -> None:
    assert keywords(WHOLE) == [
        ("ARG", 2), ("ARG", 3), ("FROM", 4), ("USER", 5), ("ENV", 6), ("RUN", 7), ("FROM", 11),
        ("ARG", 12), ("COPY", 13), ("FROM", 14), ("HEALTHCHECK", 15), ("EXPOSE", 17), ("CMD", 18),
    ]  # fmt: skip


@pytest.mark.parametrize("character", ["\f", "\v", "\x1c", "\x85", "\u2028", "\r"])
def test_only_a_line_feed_ends_a_line(character: str) -> None:
    """As in BuildKit: otherwise text in an argument would become an instruction."""
    text = f"FROM a\r\nRUN echo a{character}USER root\r\nUSER app\r\n"

    assert keywords(text) == [("FROM", 1), ("RUN", 2), ("USER", 3)]


def test_the_escape_directive_is_followed() -> None:
    text = "# escape=`\nFROM x\nCOPY a `\n  c:\\\nUSER me\n"

    assert keywords(text) == [("FROM", 2), ("COPY", 3), ("USER", 5)]


def test_a_directive_after_the_first_instruction_is_a_comment() -> None:
    assert keywords("FROM x\n# escape=`\nRUN a \\\n  b\n") == [("FROM", 1), ("RUN", 3)]


def test_heredocs_are_no_instructions() -> None:
    text = "FROM x\nRUN <<EOF\nUSER root\nEOF\nCOPY <<-'A' <<B /x\n\tone\n\tA\ntwo\nB\nUSER me\n"

    found = instructions("Dockerfile", text)

    assert [(i.keyword, i.line) for i in found] == [
        ("FROM", 1), ("RUN", 2), ("COPY", 5), ("USER", 10),
    ]  # fmt: skip
    assert found[2].heredocs == ("\tone", "two")


def test_a_here_string_is_no_heredoc() -> None:
    assert keywords("FROM x\nRUN cat <<<EOF\nUSER a\n") == [("FROM", 1), ("RUN", 2), ("USER", 3)]


def test_list_and_shell_form_are_told_apart() -> None:
    found = instructions("Dockerfile", 'FROM x\nCMD ["a", "b"]\nENTRYPOINT a b\n')

    assert [each.exec_form for each in found[1:]] == [True, False]
