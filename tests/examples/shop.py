"""The sample shop as others read it: Docker Compose, Helm, kubectl, and its own table."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import yaml

from tests.examples import samples

SHOP = samples.EXAMPLES / "shop"
output = partial(samples.output, SHOP)
resolved = partial(samples.resolved, SHOP)
rows = partial(samples.rows, SHOP)
WORKLOADS = {"Deployment", "StatefulSet"}


def objects(texts: Iterator[str]) -> dict[tuple[str, str], Any]:
    """Kubernetes objects by kind and name."""
    found = [item for text in texts for item in yaml.safe_load_all(text) if item]
    named = {(item["kind"], item["metadata"]["name"]): item for item in found}
    assert len(named) == len(found)
    return named


def manifests() -> dict[tuple[str, str], Any]:
    paths = set((SHOP / "kubernetes").glob("*.yaml"))
    paths.remove(SHOP / "kubernetes" / "kustomization.yaml")
    return objects(path.read_text("utf-8") for path in sorted(paths))


def rendered(**values: object) -> dict[tuple[str, str], Any]:
    helm = pytest.importorskip("helm_python.chart", reason="the Helm SDK is not installed")
    with helm.Chart.load(str(SHOP / "chart")) as chart:
        return objects(iter(chart.render(values).values()))


def kustomized(folder: str) -> dict[tuple[str, str], Any]:
    return objects(iter([output("kubectl", "kustomize", folder)]))


def listed(check: str, packaging: str) -> set[str]:
    """The subjects that DEFECTS.md names for one check in one packaging."""
    return {
        subject
        for row in rows()
        if row["check"] == check and row["packaging"] == packaging
        for subject in row["subject"].split(", ")
    }
