from __future__ import annotations

from dataclasses import replace

from tasks.domain.canonical import canonical_json
from tasks.domain.platform.containers import Sited
from tasks.domain.platform.model import Platform
from tasks.domain.reporting import platforms
from tests.bundles import PLATFORM, place


def test_counts_are_of_what_runs() -> None:
    counted = platforms.counts(PLATFORM)

    assert counted == {
        "services": 3,
        "containers": 3,
        "images": 3,
        "published_ports": 1,
        "endpoints": 0,
        "edges": 2,
        "files": 1,
    }


def test_an_edge_names_both_ends_and_its_place() -> None:
    edge = platforms.platform(PLATFORM, {})["edges"][1]

    assert (edge["source"], edge["target"], edge["where"]["line"]) == ("orders", "db", 9)


def test_a_number_beyond_json_is_cut_off_and_not_fatal() -> None:
    many = replace(PLATFORM.services[0], replicas=Sited(10**30, place(1), "replicas"))
    record = platforms.platform(Platform(PLATFORM.entry, services=(many,)), {})

    assert record["services"][0]["replicas"] == 2**53 - 1
    assert canonical_json(record)
