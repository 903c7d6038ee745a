from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.canonical import digest
from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.theory.distributed.analysis import analyse

if TYPE_CHECKING:
    from tests.tasks.domain.theory.distributed.conftest import MakePlatform


def test_the_figures_are_the_same_whatever_the_order_of_services_and_edges(
    make_platform: MakePlatform,
) -> None:
    needs = [("web", "api"), ("api", "db"), ("web", "cache"), ("api", "cache"), ("job", "db")]

    forward = analyse(make_platform(needs, intervals={"db": 5, "api": 5}))
    backward = analyse(make_platform(needs[::-1], intervals={"db": 5, "api": 5}))

    assert digest(forward) == digest(backward)


def test_an_empty_platform_has_figures_too() -> None:
    found = analyse(Platform(Entry("e", EntryKind.COMPOSE, ())))

    assert (found.services, found.edges, found.start_up.seconds) == (0, 0, 0)


def test_a_chain_of_thousands_of_services_is_analysed_without_recursion(
    make_platform: MakePlatform,
) -> None:
    chain = [(f"s{n}", f"s{n + 1}") for n in range(3_000)]

    found = analyse(make_platform(chain, intervals={}))

    assert found.services == 3_001
    assert found.start_up.levels == 3_001
