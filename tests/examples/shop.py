"""The sample shop as others read it: Docker Compose, Helm, kubectl, and its own table."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples" / "shop"
# The programs of the wheels lie beside the interpreter.
PROGRAMS = Path(sys.executable).parent
WORKLOADS = {"Deployment", "StatefulSet"}


def output(program: str, *arguments: str) -> str:
    """What ``program`` prints in the shop's folder; it must end well."""
    path = PROGRAMS / program
    if not path.exists():
        pytest.skip(f"{program} is not installed beside {sys.executable}")
    done = subprocess.run(
        [path, *arguments],
        cwd=SHOP,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def resolved(*options: str) -> dict[str, Any]:
    """The services as Docker Compose itself understands them."""
    config = json.loads(output("docker-compose", *options, "config", "--format", "json"))
    services: dict[str, Any] = config["services"]
    return services


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


def rows() -> list[dict[str, str]]:
    """The table of DEFECTS.md."""
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (SHOP / "DEFECTS.md").read_text("utf-8").splitlines()
        if line.startswith("|")
    ]
    head, _, *body = lines
    assert head == ["id", "check", "packaging", "file", "subject", "what"]
    return [dict(zip(head, cells, strict=True)) for cells in body]


def listed(check: str, packaging: str) -> set[str]:
    """The subjects that DEFECTS.md names for one check in one packaging."""
    return {
        subject
        for row in rows()
        if row["check"] == check and row["packaging"] == packaging
        for subject in row["subject"].split(", ")
    }
