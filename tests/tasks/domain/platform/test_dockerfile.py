import pytest

from tasks.domain.platform.dockerfile import dockerfile_for, instructions, read
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.model import Build, Dockerfile
from tasks.domain.platform.nodes import Place
from tasks.domain.platform.sources import Source

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


def parsed(text: str | bytes) -> Dockerfile:
    data = text.encode() if isinstance(text, str) else text
    return read(Source("s", {"Dockerfile": data}), "Dockerfile")


def keywords(text: str) -> list[tuple[str, int]]:
    return [(each.keyword, each.line) for each in instructions("Dockerfile", text)]


def test_stages_know_their_base_and_take_over_what_they_build_upon() -> None:
    build, web, last = parsed(WHOLE).stages

    assert (build.base.value, build.name, build.from_stage) == ("debian:12", "build", False)
    assert (web.base.value, web.user) == ("nginx:${TAG}", None)
    assert (last.base.value, last.from_stage) == ("build", True)
    assert last.user is not None
    assert (last.user.value, last.user.place.line) == ("builder", 5)
    assert [v.name for v in last.environment] == ["TOKEN", "PLAIN"]


def test_a_health_check_is_read_in_seconds() -> None:
    found = parsed(WHOLE).stages[-1].health

    assert found is not None
    assert (found.interval, found.timeout, found.start_period, found.retries) == (90.0, 0.5, 5.0, 4)
    assert (found.disabled, found.place.line) == (False, 15)


def test_a_health_check_can_be_switched_off() -> None:
    found = parsed("FROM x\nHEALTHCHECK NONE\n").stages[0].health

    assert found is not None
    assert found.disabled


def test_the_stage_of_a_target_is_found_by_name() -> None:
    stage = parsed(WHOLE).stage("build")

    assert stage is not None
    assert stage.place.line == 4


def test_no_value_is_kept() -> None:
    assert "hunter2" not in repr(parsed(WHOLE))


def test_instructions_keep_the_line_on_which_they_begin() -> None:
    assert keywords(WHOLE) == [
        ("ARG", 2), ("ARG", 3), ("FROM", 4), ("USER", 5), ("ENV", 6), ("RUN", 7), ("FROM", 11),
        ("ARG", 12), ("COPY", 13), ("FROM", 14), ("HEALTHCHECK", 15), ("EXPOSE", 17), ("CMD", 18),
    ]  # fmt: skip


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


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfFROM x\nUSER a\n", b"FROM x\r\nUSER a\r\n"])
def test_byte_order_mark_and_crlf_are_read(data: bytes) -> None:
    stage = parsed(data).stages[0]

    assert stage.user is not None
    assert (stage.base.value, stage.user.value) == ("x", "a")


def test_list_and_shell_form_are_told_apart() -> None:
    found = instructions("Dockerfile", 'FROM x\nCMD ["a", "b"]\nENTRYPOINT a b\n')

    assert [each.exec_form for each in found[1:]] == [True, False]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("RUN a\nFROM x\n", 1),
        ("FROM x\nINSTALL y\n", 2),
        ("FROM x\nRUN <<EOF\nnever ends\n", 2),
        ("FROM\n", 1),
        ("# nothing\n", 1),
        ("", 1),
    ],
)
def test_what_is_no_dockerfile_is_refused_by_line(text: str, line: int) -> None:
    with pytest.raises(DocumentError) as caught:
        parsed(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("ARG T=1\nFROM x:$T\n", "x:1"),
        ("FROM x:${T:-2}\n", "x:2"),
        ("ARG T=1\nFROM x:${T:+3}\n", "x:3"),
        ("ARG T=1\nFROM x\nARG T\nFROM y:$T\n", "y:1"),
        ("FROM x:$T\n", "x:$T"),
        ("FROM x \\\n", "x"),
    ],
)
def test_the_base_is_filled_in_as_docker_does(text: str, base: str) -> None:
    assert parsed(text).stages[-1].base.value == base


@pytest.mark.parametrize(
    ("context", "expected"),
    [(".", "Dockerfile"), ("./web", "web/Dockerfile"), ("..", ""), ("gone", "")],
)
def test_a_build_finds_its_dockerfile_in_the_source(context: str, expected: str) -> None:
    source = Source("s", {"Dockerfile": b"", "web/Dockerfile": b""})

    assert dockerfile_for(source, Build(context, Place("c", 1, 1), "")) == expected
