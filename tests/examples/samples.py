"""The sample platforms as others read them: Docker Compose, and each one's own table."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
# The services that Compose starts, when nobody asks for more.
SAMPLES = {
    "shop": {"gateway", "catalog", "orders", "users", "postgres", "redis", "rabbitmq"},
    "pipeline": {
        *("front", "ingest", "query", "parser", "enricher", "storer"),
        *("broker", "database"),
    },
    "site": {"front", "app", "migrate", "sitemap", "cache", "primary", "replica"},
}
LATER = "later"
# The programs of the wheels lie beside the interpreter.
PROGRAMS = Path(sys.executable).parent


def output(folder: Path, program: str, *arguments: str) -> str:
    """What ``program`` prints in a sample's folder; it must end well."""
    path = PROGRAMS / program
    if not path.exists():
        pytest.skip(f"{program} is not installed beside {sys.executable}")
    done = subprocess.run(
        [path, *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def resolved(folder: Path, *options: str) -> dict[str, Any]:
    """The services as Docker Compose itself understands them."""
    config = json.loads(output(folder, "docker-compose", *options, "config", "--format", "json"))
    services: dict[str, Any] = config["services"]
    return services


def rows(folder: Path) -> list[dict[str, str]]:
    """The table of a sample's DEFECTS.md."""
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (folder / "DEFECTS.md").read_text("utf-8").splitlines()
        if line.startswith("|")
    ]
    head, _, *body = lines
    assert head == ["id", "check", "packaging", "file", "subject", "what"]
    return [dict(zip(head, cells, strict=True)) for cells in body]


def places(row: dict[str, str]) -> list[tuple[str, str]]:
    """Each subject of a row, and the file that it is told of."""
    return [
        (subject, row["file"].replace("{subject}", subject))
        for subject in row["subject"].split(", ")
    ]
