from __future__ import annotations

import random

import pytest

from tasks.domain.verification.sizing import MEBIBYTE, Prices, size
from tasks.domain.verification.sizings import Use, monthly, short, sizings

PRICES = Prices(0.04, 0.005)


def use(name: str, seed: int, *, burst: float = 60.0, seconds: int = 600) -> Use:
    """Watch a service whose memory bursts now and then, higher or lower by chance."""
    chance = random.Random(seed)
    memory, cores = [], []
    for _ in range(seconds):
        high = chance.expovariate(1 / burst) if chance.random() < 0.02 else 0.0
        memory.append(int((100 + chance.gauss(0, 2) + high) * MEBIBYTE))
        cores.append(max(0.0, 0.2 + chance.gauss(0, 0.02) + (0.5 if high else 0)))
    return Use(name, tuple(memory), tuple(cores), replicas=2)


def test_a_size_is_put_to_what_it_has_not_seen() -> None:
    grows = Use("grows", tuple(n * MEBIBYTE for n in range(100, 300)), (0.1,) * 200)
    (found,) = sizings([grows])

    assert found.ours.killed
    assert found.usual.killed
    assert found.proposed == size(grows.memory, grows.cores)
    assert found.proposed.memory_limit > found.ours.size.memory_limit


def test_the_common_rule_kills_more_often_and_ours_costs_no_more_than_its_limit() -> None:
    found = sizings([use(f"s{seed}", seed) for seed in range(60)], PRICES)
    ours, theirs = (sum(getattr(each, rule).killed for each in found) for rule in ("ours", "usual"))

    assert ours < theirs
    assert all(each.ours.size.memory_request <= each.ours.size.memory_limit for each in found)


def test_who_is_never_limited_is_never_slowed() -> None:
    (found,) = sizings([use("s", 1)])

    assert found.usual.throttled == 0.0
    assert 0.0 <= found.ours.throttled < 0.05


def test_a_month_is_added_up_only_where_all_is_priced() -> None:
    priced, free = sizings([use("a", 1), use("b", 2)], PRICES), sizings([use("a", 1)])
    costs = [each.ours.month for each in priced]

    assert monthly(each.ours for each in priced) == pytest.approx(sum(c for c in costs if c))
    assert monthly(each.ours for each in (*priced, *free)) is None
    assert monthly(()) is None


def test_who_was_not_watched_long_enough_is_named_and_not_sized() -> None:
    uses = [use("long", 1), use("brief", 2, seconds=119)]

    assert [each.service for each in sizings(uses)] == ["long"]
    assert short(uses) == ("brief",)
