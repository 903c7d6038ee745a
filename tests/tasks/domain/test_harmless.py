from __future__ import annotations

import pytest

from tasks.domain.written import read_written


def shown(text: str) -> list[str]:
    written = read_written("f.yaml", text.encode())
    return [written.line(n).strip() for n in range(written.count) if written.harmless[n]]


@pytest.mark.parametrize(
    "line",
    [
        "image: nginx:1.27",
        "image: ${REPO}/web:${TAG}",
        "restart: unless-stopped",
        "ports: ['127.0.0.1:80:80', 8080:80/tcp]",
        "cap_drop: [ALL]",
        "user: 2002:2001",
        "depends_on: [db, cache]",
        "healthcheck:",
        "deploy: &limits",
        "deploy: *limits",
    ],
)
def test_keys_and_schema_values_may_be_shown(line: str) -> None:
    text = f"x: &limits {{}}\nweb:\n  {line}\n" if "*" in line else f"web:\n  {line}\n"

    assert line in shown(text)


@pytest.mark.parametrize(
    "line",
    [
        "PASSWORD: hunter2",
        "image: nginx # token hunter2",
        "# hunter2",
        "hostname: Xk29vKq81mNbbq0Zt7Ls55",
        "environment: {NAME: hunter2}",
        "environment: ['RESTART=hunter2']",
        "command: --password=hunter2",
        "test: [CMD, curl, -u, hunter2]",
        "labels: {name: hunter2}",
        "x-secret: {name: hunter2}",
        "user: !custom hunter2",
        "restart: 'two words'",
        '? {complex: "key"}\n  : hunter2',
    ],
)
def test_free_text_and_comments_are_never_shown(line: str) -> None:
    assert not any("hunter2" in each for each in shown(f"web:\n  {line}\n"))
    assert line.strip() not in shown(f"web:\n  {line}\n")


@pytest.mark.parametrize(
    "text",
    [
        "data:\n  name: hunter2\n  deep:\n    kind: hunter2\n",
        "stringData:\n  restart: hunter2\n",
        "environment:\n  - name=hunter2\n",
        "env:\n  - name: A\n    value: hunter2\n",
        "args:\n  image: hunter2\n",
        "a: |\n  kind: hunter2\n  name:\n  hunter2:\n",
        "a: 'kind\n  hunter2:\n\n  name'\n",
        "a: kind\n  hunter2\n",
    ],
)
def test_what_looks_like_a_field_under_free_text_is_free_text(text: str) -> None:
    assert not any("hunter2" in each for each in shown(text))


def test_blank_lines_and_document_marks_are_harmless() -> None:
    assert shown("---\nkind: Pod\n\n---\nkind: Job\n") == [
        "---",
        "kind: Pod",
        "",
        "---",
        "kind: Job",
    ]


def test_a_file_of_old_macintosh_lines_is_not_shown() -> None:
    assert shown("kind: Pod\rname: web\rname: x\n") == []
