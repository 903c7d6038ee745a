"""Requirements on resolving whole entries: the real platforms, as Docker Compose sees them."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tasks.domain.platform.compose.resolve import resolve
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source
from tests.tasks.domain.platform.compose.generate import project
from tests.tasks.domain.platform.compose.oracle import (
    differences,
    docker_says,
    program,
    services_of,
    we_say,
)

SEEDS = 200  # projects made and given to both; seeds from 100 000 on were kept for the last look


@pytest.fixture(scope="session")
def compose() -> str:
    """Return Docker Compose's path; skip where it is not installed."""
    found = program()
    if found is None:
        pytest.skip("no docker-compose beside the interpreter or on the path")
    return found


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


@pytest.mark.targets
@pytest.mark.parametrize(
    ("target", "pattern"),
    [
        ("edgex", "docker-compose*.yml"),
        ("edgex", "compose-builder/docker-compose-base.yml"),
        ("robot-shop", "docker-compose*.yaml"),
        ("sock-shop", "deploy/docker-compose/docker-compose*.yml"),
        ("train-ticket", "docker-compose.yml"),
        ("train-ticket", "deployment/docker-compose-manifests/*.yml"),
    ],
)
def test_we_and_docker_compose_agree_on_every_real_file(
    targets: Path, tmp_path: Path, compose: str, target: str, pattern: str
) -> None:
    root = Path(shutil.copytree(targets / target, tmp_path / target))
    files = [str(path.relative_to(root)) for path in sorted(root.glob(pattern))]

    assert files
    for file in files:
        found = differences(docker_says(compose, root, (file,)), we_say(root, (file,)))
        assert not found, file


@pytest.mark.targets
def test_we_and_docker_compose_agree_on_three_files(
    targets: Path, tmp_path: Path, compose: str
) -> None:
    root = Path(shutil.copytree(targets / "sock-shop", tmp_path / "sock-shop"))
    stem = "deploy/docker-compose/docker-compose"
    files = (f"{stem}.yml", f"{stem}.monitoring.yml", f"{stem}.logging.yml")

    assert not differences(docker_says(compose, root, files), we_say(root, files))


@pytest.mark.targets
def test_fragments_merge_to_the_file_that_their_owners_published(
    targets: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(targets / "edgex", tmp_path / "edgex"))
    variables = root / "compose-builder/.env"
    variables.write_text(
        variables.read_text() + "\nMESSAGEBUS_AUTHMODE=none\nMESSAGEBUS_SECRETNAME=\n"
    )
    names = (
        "docker-compose-base",
        "add-device-rest",
        "add-device-virtual",
        "add-postgres",
        "add-mqtt-broker-mosquitto",
        "add-mqtt-messagebus",
    )

    merged = we_say(root, tuple(f"compose-builder/{name}.yml" for name in names))
    published = we_say(root, ("docker-compose-no-secty.yml",))

    assert len(published.services) == 14
    assert services_of(merged) == services_of(published)


def _disagreement(seed: int, root: Path, compose: str) -> list[str]:
    made = project(seed)
    for name, text in made.files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    docker = docker_says(compose, root, made.paths, made.profiles)
    ours = we_say(root, made.paths, made.profiles)
    return [f"seed {seed}: {found}" for found in differences(docker, ours)]


def test_we_and_docker_compose_agree_on_generated_projects(tmp_path: Path, compose: str) -> None:
    def look(seed: int) -> list[str]:
        return _disagreement(seed, tmp_path / f"project{seed}", compose)

    with ThreadPoolExecutor(2) as two:
        found = [line for lines in two.map(look, range(SEEDS)) for line in lines]

    assert found == []


def test_most_generated_projects_are_valid_and_some_are_not(tmp_path: Path) -> None:
    errors = []
    for seed in range(60):
        made = project(seed)
        files = {name: text.encode() for name, text in made.files.items()}
        entry = Entry("compose", EntryKind.COMPOSE, made.paths)
        errors.append(resolve(Source("made", files), entry, made.profiles).error)

    assert 10 <= sum(error is not None for error in errors) <= 30
