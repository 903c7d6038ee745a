from __future__ import annotations

import pytest

from tasks.domain.platform.compose.reader import read
from tasks.domain.platform.model import Entry, EntryKind, NotAssessed
from tasks.domain.platform.sources import Source
from tasks.domain.sentences import known

ENTRY = Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",))


def _said(services: str, **files: str) -> tuple[NotAssessed, ...]:
    named = {name.replace("__", "/"): text.encode() for name, text in files.items()}
    source = Source("s", {"compose.yaml": f"services:\n{services}".encode(), **named})
    return read(source, ENTRY).not_assessed


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        ("build: .", "it is not in the source"),
        ("build: {context: web, dockerfile: x.Dockerfile}", "it is not in the source"),
        ("build: https://example.org/a.git#main", "it lies at an address, which is not opened"),
        ("build: {context: ., dockerfile_inline: FROM a}", "it stands inside the Compose file"),
    ],
)
def test_a_dockerfile_that_is_not_read_is_named_with_its_line(build: str, reason: str) -> None:
    (found,) = _said(f"  web:\n    image: a:1\n    {build}\n")

    assert found.what == "Dockerfile of web (compose.yaml:4)"
    assert found.reason.startswith(reason)
    assert not found.input  # the definition itself is understood
    assert all(known(text) for text in (found.what, found.reason, found.remedy))


@pytest.mark.parametrize("build", ["build: web", "build: {context: ., dockerfile: web/Dockerfile}"])
def test_one_that_is_read_needs_no_word(build: str) -> None:
    assert _said(f"  web:\n    {build}\n", web__Dockerfile="FROM a\n") == ()


def test_one_outside_of_the_source_is_named_as_such_alone() -> None:
    source = Source("s", {"compose.yaml": b"services:\n  web:\n    build: ../web\n"})

    platform = read(source, ENTRY)

    assert [each.reason for each in platform.unread] == [
        "reference ../web leaves the project, not opened"
    ]
    assert platform.not_assessed == ()


def test_many_of_one_reason_are_named_in_one_line() -> None:
    (found,) = _said("".join(f"  s{n}:\n    build: s{n}\n" for n in range(5)))

    assert found.what == "Dockerfile of s0, s1, s2 and 2 more (compose.yaml:3)"


def test_what_stands_inside_the_compose_file_counts_and_not_a_file_beside_it() -> None:
    build = "build: {context: ., dockerfile_inline: FROM a}"
    files = {"compose.yaml": f"services:\n  web:\n    {build}\n".encode()}
    platform = read(Source("s", {**files, "Dockerfile": b"FROM b:latest\n"}), ENTRY)

    (container,) = platform.services[0].containers
    assert container.build
    assert container.build.dockerfile == ""
    assert [each.what for each in platform.not_assessed] == ["Dockerfile of web (compose.yaml:3)"]


def test_a_login_in_an_address_is_not_shown() -> None:
    found = _said("  web:\n    build: https://user:hunter2@example.org/a.git\n")

    assert "hunter2" not in repr(found)
