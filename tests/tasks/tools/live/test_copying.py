from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tasks.tools.live.copying import NoCopyError, Ready, prepare, project_of, varied

if TYPE_CHECKING:
    from pathlib import Path

NOBODY: Any = type("E", (), {"client": type("C", (), {"images": lambda self, name: [name]})()})()
COMPOSE = """
services:
  db: {image: "postgres:16", environment: {POSTGRES_PASSWORD: teapot-and-tray}}
  web:
    image: own/web
    environment: {URL: "postgres://u:teapot-and-tray@db:5432/x"}
    depends_on: [db]
"""


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    folder = tmp_path / "platform"
    folder.mkdir()
    (folder / "compose.yaml").write_text(COMPOSE)
    return folder


def test_a_copy_is_prepared_from_the_files_alone(platform: Path) -> None:
    ready = prepare(NOBODY, str(platform), "compose.yaml", "run-1", "p" * 16)
    asked = ready.questions({"db": 5432})

    assert ready.copy.services == ("db", "web")
    assert "teapot" not in str(ready.copy.definition)
    assert {(q.service, q.kind) for q in asked} == {("db", "postgres"), ("web", "edge")}
    assert ready.request.folder.startswith(str(platform.parent / "state"))


def test_hints_of_all_files_become_questions_until_the_platform_leaves_one_unheard(
    platform: Path,
) -> None:
    (platform / "compose.yaml").write_text(
        COMPOSE + "    volumes: ['./prometheus.yml:/etc/prometheus/prometheus.yml']\n"
        "    labels: {prometheus.io/scrape: 'true', prometheus.io/port: '8000'}\n"
    )
    (platform / "prometheus.yml").write_text(
        "scrape_configs: [{static_configs: [{targets: ['db:9187', 'localhost:9090']}]}]\n"
    )
    (platform / "pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: b,"
        " readinessProbe: {grpc: {port: 9000}}}]}\n"
    )
    ready = prepare(NOBODY, str(platform), "compose.yaml", "run-1", "p" * 16)

    def hinted(ready: Ready) -> dict[str, str]:
        return {q.name: q.told_by for q in ready.questions({}) if q.told_by}

    assert hinted(ready) == {
        "web: metrics at 8000/metrics": "prometheus.io/scrape",
        "db: metrics at 9187/metrics": "prometheus.yml",
        "web: metrics at 9090/metrics": "prometheus.yml",
        "web: health over gRPC at 9000": "pod.yaml",
    }
    without = replace(ready, unheard=frozenset({"db: metrics at 9187/metrics"}))
    again = varied(NOBODY, without, without.source, str(platform))
    assert hinted(again) == hinted(without)
    assert hinted(ready).keys() - hinted(again).keys() == {"db: metrics at 9187/metrics"}


def test_services_without_an_image_are_left_out_with_their_reason(platform: Path) -> None:
    ready = prepare(NOBODY, str(platform), "compose.yaml", "run-1", "p" * 16)
    less = ready.without({"db": "its image could not be built: no"})

    assert less.copy.services == ()
    assert [each.reason for each in less.copy.not_assessed] == [
        "its image could not be built: no",
        "it needs db, which is not in the copy",
    ]


def test_what_is_no_compose_project_is_refused(platform: Path) -> None:
    (platform / "k8s").mkdir()
    (platform / "k8s/web.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"
        "spec: {containers: [{name: a, image: b}]}\n"
    )

    with pytest.raises(NoCopyError, match="--entry"):
        prepare(NOBODY, str(platform), "k8s", "run-1", "p" * 16)


def test_two_stacks_on_one_engine_have_copies_of_their_own(
    platform: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = project_of("p" * 16)
    monkeypatch.setenv("CMI_STATE", "/elsewhere")

    assert project_of("p" * 16) != first
    assert project_of("q" * 16) != project_of("p" * 16)
