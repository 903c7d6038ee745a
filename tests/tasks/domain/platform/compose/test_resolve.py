"""Requirements on resolving whole entries: the real platforms, as Docker Compose sees them."""

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tasks.domain.platform.compose.resolve import resolve
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source


def source_of(folder: Path) -> Source:
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and (path.suffix in {".yml", ".yaml", ".env"} or path.name == ".env")
    }
    return Source(folder.name, files)


def entry_of(*paths: str) -> Entry:
    return Entry("compose", EntryKind.COMPOSE, paths)


def pattern(error: str) -> str:
    """Docker Compose quotes names in one message and not in the other."""
    return error.replace('"', "")


@pytest.mark.targets
@pytest.mark.parametrize("target", ["edgex", "robot-shop", "sock-shop", "train-ticket"])
def test_every_entry_resolves_to_what_docker_compose_makes_of_it(
    targets: Path, target: str
) -> None:
    source = source_of(targets / target)
    expected = json.loads((targets / target / "expected.json").read_text())
    entries = {k: v for k, v in expected.items() if "resolved" in v}

    assert entries
    for name, record in entries.items():
        resolved = resolve(source, entry_of(*record["paths"]))
        told = record["resolved"]
        assert len(resolved.services) == record["compose_services"], name
        if "error" in told:
            assert resolved.error is not None
            assert fnmatchcase(pattern(resolved.error), pattern(told["error"])), name
        else:
            assert resolved.error is None, name
            assert resolved.counts() == {k: v for k, v in told.items() if k != "by"}, name


@pytest.mark.targets
def test_three_files_in_order_make_one_platform(targets: Path) -> None:
    folder = "deploy/docker-compose/docker-compose"
    resolved = resolve(
        source_of(targets / "sock-shop"),
        entry_of(f"{folder}.yml", f"{folder}.monitoring.yml", f"{folder}.logging.yml"),
    )

    assert resolved.error is None
    assert (resolved.counts()["services"], resolved.counts()["edges"]) == (23, 20)
