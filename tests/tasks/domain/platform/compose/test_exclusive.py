"""What excludes each other; Docker Compose 5.6 is asked the same where it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tasks.domain.platform.compose.oracle import agreed_error

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """
services:
  api: {{image: a}}
  hidden: {{build: ., profiles: [x]}}
  made: {{build: ., depends_on: [web]}}
  idle: {{image: a, profiles: [x]}}
  web: {{image: b, {web}}}
secrets: {{{secret}}}
configs: {{{config}}}
volumes: {{{volume}}}
models: {{m: {{model: x}}}}
"""
LOOSE = "depends_on: {idle: {condition: service_started, required: false}}, "
DEVICES = "deploy: {resources: {reservations: {devices: [{%s, capabilities: [gpu]}]}}}"
# The fields of a service, and words of our answer: none where it is taken.
SERVICES = [
    ("network_mode: 'service:api'", ""),
    (LOOSE + "ipc: 'service:idle'", ""),
    (LOOSE + "network_mode: 'service:idle'", "not found for network_mode"),
    ("network_mode: 'service:none'", "depends on undefined service"),
    ("build: {context: ., additional_contexts: {a: 'service:made'}}", ""),
    ("build: {context: ., additional_contexts: ['a=service:hidden']}", ""),
    ("build: {context: ., additional_contexts: {a: 'service:api'}}", "non-buildable"),
    ("build: {context: ., additional_contexts: {a: 'service:none'}}", "non-buildable"),
    ("build: {context: ., dockerfile: A, dockerfile_inline: FROM x}", "mutually exclusive"),
    ("build: {context: ., dockerfile_inline: FROM x}", ""),
    ("build: {context: ., secrets: [none]}", "undefined secret none"),
    ("build: {context: ., secrets: [s]}", ""),
    ("build: {context: ., platforms: [linux/amd64]}, platform: linux/arm64", "MUST include"),
    ("build: {context: ., platforms: [linux/amd64]}, platform: linux/amd64", ""),
    ("develop: {watch: [{path: a, action: sync}]}", "target is required"),
    ("develop: {watch: [{path: a, action: sync, target: /a}]}", ""),
    ("develop: {watch: [{path: a, action: restart}]}", ""),
    (DEVICES % "count: 1, device_ids: [a]", "attributes are exclusive"),
    (DEVICES % "count: 1", ""),
    ("gpus: [{count: 1, device_ids: [a]}]", "attributes are exclusive"),
    ("models: [none]", "undefined model none"),
    ("models: [m]", ""),
]
SECRET, CONFIG = "s: {file: a}", "c: {file: a}"
# Of secrets, of configs, of volumes, and words of our answer.
BESIDE = [
    ("s: {file: a, environment: B}", CONFIG, "", "attributes are mutually exclusive"),
    (SECRET, "c: {file: a, content: B}", "", "attributes are mutually exclusive"),
    (SECRET, "c: {content: B}", "", ""),
    (SECRET, "c: {external: true, content: B}", "", ""),
    (SECRET, CONFIG, "v: {external: true, driver: local}", "conflicting parameters"),
    (SECRET, CONFIG, "v: {external: true, name: n, x-mine: 1}", ""),
    (SECRET, CONFIG, "v: {external: false, driver: local}", ""),
]


def _told(folder: Path, **written: str) -> str:
    (folder / "compose.yaml").write_text(PROJECT.format(**written))
    return agreed_error(folder, "compose.yaml")


@pytest.mark.parametrize(("web", "words"), SERVICES)
def test_a_service_is_taken_or_refused(web: str, words: str, tmp_path: Path) -> None:
    error = _told(tmp_path, web=web, secret=SECRET, config=CONFIG, volume="")

    assert words in error
    assert bool(words) == bool(error)


@pytest.mark.parametrize(("secret", "config", "volume", "words"), BESIDE)
def test_what_stands_beside_the_services_is_taken_or_refused(
    secret: str, config: str, volume: str, words: str, tmp_path: Path
) -> None:
    error = _told(tmp_path, web="ports: ['80']", secret=secret, config=config, volume=volume)

    assert words in error
    assert bool(words) == bool(error)
