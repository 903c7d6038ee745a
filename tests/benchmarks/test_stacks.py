"""Made stacks are real ones, and the page says of several what their bundles say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tasks.tools import bundles
from tests.benchmarks.made import stacks
from tests.benchmarks.stacks import document, stack
from tests.benchmarks.startup import read
from tests.proven import proven, trial

if TYPE_CHECKING:
    from collections.abc import Iterable

SEEDS = (1, 2, 3, 11, 12, 13, 97)
COMPOSE = Path(sys.executable).with_name("docker-compose")


def services(place: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = yaml.safe_load(
        (place / "compose.yaml").read_text("utf-8")
    )["services"]
    return found


def words(files: Iterable[Path]) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in files if each.is_file()}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_made_stack_has_three_gated_levels_of_five_seconds_or_more(
    seed: int, tmp_path: Path
) -> None:
    found = services(stacks.write(tmp_path, seed))

    assert stacks.levels(found) >= 3
    checks = [each["healthcheck"] for each in found.values()]
    assert all(int(str(each["interval"])[:-1]) >= 5 for each in checks)  # type: ignore[index]
    assert not any("start_interval" in each for each in checks)  # type: ignore[operator]


@pytest.mark.skipif(not COMPOSE.exists(), reason="Docker Compose is not installed")
@pytest.mark.parametrize("seed", SEEDS)
def test_docker_compose_takes_a_made_stack(seed: int, tmp_path: Path) -> None:
    place = stacks.write(tmp_path, seed)
    done = subprocess.run(
        [COMPOSE, "config", "--format", "json"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)["services"]) == set(services(place))


def test_a_seed_is_one_stack_and_another_seed_another(tmp_path: Path) -> None:
    first, again = (stacks.write(tmp_path / each, 11) for each in ("first", "again"))
    other = stacks.write(tmp_path / "first", 12)

    assert words(first.rglob("*")) == words(again.rglob("*"))
    assert services(first) != services(other)


def test_levels_are_the_longest_chain_of_health() -> None:
    def waits(**needs: str) -> dict[str, object]:
        return {"depends_on": {n: {"condition": f"service_{how}"} for n, how in needs.items()}}

    chain = {"a": {}, "b": waits(a="healthy"), "c": waits(b="healthy", a="healthy")}

    assert stacks.levels(chain) == 2
    assert stacks.levels({**chain, "c": waits(b="started")}) == 1


def test_the_page_says_of_each_stack_what_its_bundle_says(tmp_path: Path) -> None:
    bundles.write(proven(), tmp_path / "bundle")
    place = stacks.write(tmp_path, 11)
    found = stack("11", place, read(tmp_path / "bundle"))
    text = "\n\n".join(document([found], {"12": "there is no bundle."}))

    assert found.gated
    assert f"| 11 | {len(read(tmp_path / 'bundle').index['platform']['services'])} |" in text
    assert f"| {len(trial().samples) // 2} | shown | accepts |" in text
    assert "1 of 1 stacks: 11." in text
    assert f"geometric mean over stacks, {len(trial().samples) // 2} starts of all." in text
    assert "Not measured: 12, because there is no bundle." in text
