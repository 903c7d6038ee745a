"""What of the known dead things a platform uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.tables import deprecations
from tasks.domain.deprecations import applying
from tasks.tools.platforms import intake

COMPOSE = """\
version: "3"
services:
  store:
    image: minio/minio:RELEASE.2025-01-01T00-00-00Z
    environment: {MINIO_ROOT_PASSWORD: admin123}
  trace:
    image: jaegertracing/all-in-one:1.50
  model:
    image: bentoml/bentoml:latest
    ports: ["3000:3000"]
  board:
    image: grafana/grafana:12.0.0
    ports: ["3000:3000"]
  fine:
    image: postgres:17.5
"""
MANIFEST = """\
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers: [{name: web, image: "nginx:1.29.1"}]
"""


def found(tmp_path: Path, file: str, text: str) -> dict[str, str]:
    (tmp_path / file).write_text(text)
    platform = intake([tmp_path], None).platform
    assert platform is not None
    return applying(platform)


def test_each_dead_thing_is_named_with_what_uses_it(tmp_path: Path) -> None:
    told = found(tmp_path, "compose.yaml", COMPOSE)

    assert told["image docker.io/minio/minio"] == "store"
    assert {
        "practice compose-version-key",
        "practice minio-images",
        "practice jaeger-v1",
        "practice bentoml-server-image",
        "practice latest-tags",
        "practice password-in-clear",
        "practice port-held-twice",
    } <= set(told)
    assert not any("postgres" in each for each in told)


def test_versions_that_clusters_no_longer_serve_are_named(tmp_path: Path) -> None:
    told = found(tmp_path, "pod.yaml", MANIFEST)

    assert told["API policy/v1beta1 PodDisruptionBudget"] == "web"


@pytest.mark.parametrize("entry", ["compose.yaml", "kubernetes"])
def test_whatever_is_named_is_in_the_tables(entry: str) -> None:
    shop = Path(__file__).resolve().parents[3] / "examples/shop"
    platform = intake([shop], entry).platform
    assert platform is not None

    assert set(applying(platform)) <= deprecations()
