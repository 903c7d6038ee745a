from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tasks.domain.theory.distributed.needs import ending, needs_of

if TYPE_CHECKING:
    from tests.tasks.domain.theory.distributed.conftest import MakePlatform


def _walk(needs: list[tuple[str, str]], start: str) -> set[str]:
    """Follow the callers by brute force."""
    hit = {start}
    while more := {s for s, t in needs if t in hit} - hit:
        hit |= more
    return hit


@pytest.mark.parametrize("seed", range(20))
def test_the_blast_radius_is_everyone_who_needs_the_service(
    seed: int, make_platform: MakePlatform
) -> None:
    chance = random.Random(seed)
    names = [f"s{n}" for n in range(9)]
    needs = [(a, b) for a in names for b in names if a != b and chance.random() < 0.15]
    needs += [("s0", "s1")]

    found = needs_of(make_platform(needs))

    for name in found.uses:
        assert found.blast[name] == _walk(needs, name)
        assert found.closure(name) == {n for n in found.uses if name in _walk(needs, n)}


def test_services_in_a_circle_stand_or_fall_together(make_platform: MakePlatform) -> None:
    found = needs_of(make_platform([("a", "b"), ("b", "a"), ("web", "a")]))

    assert found.circles == (("a", "b"),)
    assert found.blast["b"] == {"a", "b", "web"}


def test_a_service_that_is_only_waited_for_once_is_not_needed_later(
    make_platform: MakePlatform,
) -> None:
    found = needs_of(make_platform([("web", "migrate", "service_completed_successfully")]))

    assert found.uses["web"] == ()


def test_a_service_that_has_ended_is_not_hit_when_another_one_stops(
    make_platform: MakePlatform,
) -> None:
    waits = ("web", "job", "service_completed_successfully")
    made = make_platform([waits, ("job", "db"), ("web", "db")])

    assert ending(made) == {"job"}
    assert needs_of(made).blast["db"] == {"db", "web"}
    assert "job" not in needs_of(made).uses


def test_doors_are_the_published_services_else_those_that_nobody_needs(
    make_platform: MakePlatform,
) -> None:
    needs = [("web", "api"), ("api", "db")]

    assert needs_of(make_platform(needs, published=["api"])).doors == ("api",)
    assert needs_of(make_platform(needs)).doors == ("web",)
