from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tasks.domain.theory.distributed.amplification import amplification
from tasks.domain.theory.distributed.needs import needs_of

if TYPE_CHECKING:
    from tests.tasks.domain.theory.distributed.conftest import MakePlatform


def _call(name: str, needs: list[tuple[str, str]], attempts: int, seen: dict[str, int]) -> None:
    """Serve one request: each callee fails each time, and is tried ``attempts`` times."""
    seen[name] = seen.get(name, 0) + 1
    for callee in sorted({t for s, t in needs if s == name}):
        for _ in range(attempts):
            _call(callee, needs, attempts, seen)


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_the_factor_equals_counting_every_call(
    seed: int, attempts: int, make_platform: MakePlatform
) -> None:
    chance = random.Random(seed)
    names = [f"s{n}" for n in range(5)]
    needs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :] if chance.random() < 0.4]
    needs += [("s0", "s4")]
    platform = make_platform(needs, published=["s0"])
    seen: dict[str, int] = {}
    _call("s0", needs, attempts, seen)

    found = {each.service: each.requests for each in amplification(needs_of(platform), attempts)}

    assert found == {name: count for name, count in seen.items() if name != "s0"}


def test_calls_in_a_circle_are_left_out_instead_of_counted_for_ever(
    make_platform: MakePlatform,
) -> None:
    platform = make_platform([("web", "a"), ("a", "b"), ("b", "a")], published=["web"])

    assert [(each.service, each.requests) for each in amplification(needs_of(platform))] == [
        ("a", 3)
    ]
