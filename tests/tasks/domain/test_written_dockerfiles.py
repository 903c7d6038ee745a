"""Which lines of a Dockerfile a patch may show: names, never text of somebody's own."""

from __future__ import annotations

import pytest

from tasks.domain.platform.documents import DocumentError
from tasks.domain.written import Written
from tasks.domain.written_dockerfiles import WrittenDockerfile, read_dockerfile, read_file


@pytest.mark.parametrize(
    "line",
    [
        "FROM debian:12 AS build",
        "WORKDIR /srv/app",
        "USER 1000:1000",
        "EXPOSE 80/tcp",
        "COPY --from=build /out /out",
        "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
    ],
)
def test_names_of_images_folders_and_packages_are_shown(line: str) -> None:
    written = read_dockerfile("Dockerfile", f"FROM a\n{line}\n\n".encode())

    assert written.harmless == (True, True, True)


@pytest.mark.parametrize(
    "line",
    [
        "ENV A=b",
        "ARG A=b",
        "CMD run --password hunter2",
        "LABEL a=b",
        "RUN curl -u me:hunter2 http://x",
        "RUN apt-get update && echo hunter2",
        "# hunter2",
        "MAINTAINER me",
        "COPY id_rsa.key /root",
        "COPY AAAAB3NzaC1yc2EAAAADAQABAAABgQ /x",
        "RUN apt-get install -y ghp0123456789abcdefghij01234567",
    ],
)
def test_free_text_is_not_shown(line: str) -> None:
    written = read_dockerfile("Dockerfile", f"FROM a\n{line}\nUSER 1\n".encode())

    assert written.harmless == (True, False, True)


def test_a_heredoc_and_a_comment_inside_an_instruction_are_not_shown() -> None:
    text = "FROM a\nRUN <<END\nhunter2\nEND\nRUN apt-get update \\\n# hunter2\n && rm -rf x\n"
    written = read_dockerfile("Dockerfile", text.encode())

    assert written.harmless == (True, False, False, False, True, False, True)


def test_an_instruction_is_found_by_its_line_with_its_text_and_without_comments() -> None:
    written = read_dockerfile("Dockerfile", b"FROM a\nRUN one \\\n # no\n  two\nUSER 1\n")
    found = written.at(2)

    assert found is not None
    assert [written.text[start : start + 3] for start, _ in written.lines_of(found)] == [
        "RUN",
        "  t",
    ]
    assert written.at(3) is None


def test_a_file_with_line_ends_that_git_does_not_know_is_left_alone() -> None:
    written = read_dockerfile("Dockerfile", b"FROM a\x0bUSER 1\nRUN x\n")

    assert written.instructions == ()


def test_a_file_is_read_as_what_its_name_says() -> None:
    assert isinstance(read_file("a/web.Dockerfile", b"FROM a\n"), WrittenDockerfile)
    assert type(read_file("a/dockerfile.yaml", b"a: 1\n")) is Written
    with pytest.raises(DocumentError):
        read_file("Dockerfile", b"nonsense: 1\n")
