from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.tools.platforms import intake
from tests.benchmarks.check import cmi
from tests.benchmarks.platforms import compose, manifests

if TYPE_CHECKING:
    from pathlib import Path


def test_a_generated_compose_file_has_the_services_asked_for(tmp_path: Path) -> None:
    compose(tmp_path, 40)

    platform = intake([tmp_path]).platform

    assert platform is not None
    assert len(platform.services) == 40
    assert len({(e.source, e.target) for e in platform.edges}) >= 39
    assert not platform.unread


def test_generated_manifests_are_workloads_with_a_service_each(tmp_path: Path) -> None:
    manifests(tmp_path, 40)

    platform = intake([tmp_path]).platform

    assert platform is not None
    assert len(list(tmp_path.iterdir())) == 40
    assert len(platform.services) == len(platform.endpoints) == 20
    assert all(each.targets for each in platform.endpoints)


def test_a_measured_call_counts_itself_and_a_second_one_says_the_same(tmp_path: Path) -> None:
    compose(tmp_path, 5)

    first, second = (cmi(tmp_path, tmp_path / "cache") for _ in range(2))

    assert first.said == second.said
    assert first.said.startswith(b"{")
    assert first.processor > 0
    assert first.mebibytes > 1
