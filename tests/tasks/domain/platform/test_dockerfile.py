import pytest

from tasks.domain.platform.containers import Build, Dockerfile
from tasks.domain.platform.dockerfile import dockerfile_for, read
from tasks.domain.platform.documents import DocumentError
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


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfFROM x\nUSER a\n", b"FROM x\r\nUSER a\r\n"])
def test_byte_order_mark_and_crlf_are_read(data: bytes) -> None:
    stage = parsed(data).stages[0]

    assert stage.user is not None
    assert (stage.base.value, stage.user.value) == ("x", "a")


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
