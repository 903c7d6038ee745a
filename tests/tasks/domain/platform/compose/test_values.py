"""Which texts a field may hold; Docker Compose 5.6 is asked the same where it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.platform.compose.tree import Table, build
from tasks.domain.platform.compose.values import wrong_values
from tasks.domain.platform.documents import parse
from tests.tasks.domain.platform.compose.oracle import agreed_error, we_say

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = "services: {api: {image: a}, web: {image: b, %s}}"
# A field, and words of our answer: none where it is taken.
FIELDS = [
    ("cgroup: foo", "must be one of host, private"),
    ("cgroup: host", ""),
    ("healthcheck: {interval: foo}", "must be a duration"),
    ("healthcheck: {interval: '10'}", "must be a duration"),
    ("healthcheck: {interval: 1m30s, timeout: 1.5s, start_period: 500ms}", ""),
    ("stop_grace_period: foo", "must be a duration"),
    ("cpus: foo", "must be a number"),
    ("cpus: '0.5'", ""),
    ("cpus: '1e-1'", ""),
    ("cpu_shares: foo", "must be a number"),
    ("pids_limit: foo", "must be a number"),
    ("mem_limit: foo", "must be a size"),
    ("mem_limit: '1e3'", ""),
    ("mem_limit: 1.5 GB", ""),
    ("memswap_limit: '-1'", ""),
    ("shm_size: foo", "must be a size"),
    ("privileged: foo", "must be a boolean"),
    ("privileged: 'yes'", ""),
    ("init: 'on'", ""),
    ("tty: 'F'", "must be a boolean"),
    ("attach: foo", "must be a boolean"),
    ("environment: {a: {b: c}}", "must be a text"),
    ("depends_on: {api: {condition: foo}}", "must be one of service_started"),
    ("deploy: {update_config: {order: foo}}", "must be one of start-first"),
    ("volumes: [{type: foo, target: /a}]", "must be one of bind"),
    ("pull_policy: foo", "must be a policy"),
    ("pull_policy: every_3h", ""),
    ("develop: {watch: [{path: a, action: foo}]}", "must be one of rebuild"),
    ("gpus: all", ""),
    ("gpus: foo", "must be one of all"),
]


@pytest.mark.parametrize(("field", "words"), FIELDS)
def test_a_text_is_taken_or_refused(field: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(PROJECT % field)

    error = agreed_error(tmp_path, "compose.yaml")

    assert words in error
    assert bool(words) == bool(error)


def test_a_variable_that_is_not_set_here_refuses_nothing(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {a: {image: x, mem_limit: '${LIMIT}'}}")

    assert we_say(tmp_path, ("compose.yaml",)).error == ""


def test_what_is_refused_is_named_in_the_order_of_the_file() -> None:
    fields = ("tty", "cpus", "init", "mem_limit", "privileged", "pids_limit", "gpus", "attach")
    (document,) = parse("compose.yaml", "".join(f"{field}: foo\n" for field in fields))
    service = build(document.root, []) if document.root else None
    assert isinstance(service, Table)

    told = [error.message.split()[0] for error in wrong_values("web", service)]

    assert told == [f"services.web.{field}" for field in fields]
