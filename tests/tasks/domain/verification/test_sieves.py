"""Sieves are held against platforms whose breaking changes are known."""

from __future__ import annotations

import itertools
import json
import random

import pytest

from tasks.domain.canonical import plain
from tasks.domain.verification.sieves import (
    MOST_ROUNDS,
    STEADY,
    TOO_LONG,
    Round,
    Sieve,
    round_of,
    sieve,
)

NEEDS: dict[str, frozenset[str]] = {
    "web": frozenset({"db", "cache"}),
    "db": frozenset(),
    "cache": frozenset(),
}
TOUCHES = {
    f"{service}-{number}": frozenset({service})
    for service, number in itertools.product(("db", "web", "cache"), range(4))
} | {"all": frozenset({"db", "web", "cache"})}


def start(on: tuple[str, ...], breaking: dict[str, str]) -> Round:
    """Start a platform in which ``breaking`` maps changes to the service that they break."""
    failed = {breaking[each]: f"exit code of {breaking[each]}" for each in on if each in breaking}
    unseen = {s for s, needs in NEEDS.items() if needs & set(failed)}
    seen_failed = {s: why for s, why in failed.items() if s not in unseen}
    well = tuple(s for s in NEEDS if s not in failed and s not in unseen)
    return Round(on, seen_failed, well)


def search(breaking: dict[str, str]) -> tuple[Sieve, list[Round]]:
    rounds: list[Round] = []
    while (on := sieve(TOUCHES, NEEDS, rounds).next_on()) is not None:
        rounds.append(start(on, breaking))
    return sieve(TOUCHES, NEEDS, rounds), rounds


def test_when_all_hold_together_one_start_is_enough() -> None:
    found, rounds = search({})

    assert len(rounds) == 1
    assert set(found.kept) == set(TOUCHES)
    assert found.dropped == {}


def test_nothing_to_try_is_done_at_once() -> None:
    assert sieve({}, {}).done
    assert sieve({}, {}).next_on() is None


@pytest.mark.parametrize("seed", range(40))
def test_exactly_the_breaking_changes_are_dropped_whatever_they_hide(seed: int) -> None:
    chance = random.Random(seed)
    names = chance.sample(sorted(set(TOUCHES) - {"all"}), chance.randrange(1, 5))
    breaking = {each: each.partition("-")[0] for each in names}

    found, rounds = search(breaking)

    assert found.done
    assert set(found.dropped) == set(breaking)
    assert set(found.kept) == set(TOUCHES) - set(breaking)
    assert len(rounds) < 2 * len(TOUCHES)
    assert rounds[-1].clean
    assert set(rounds[-1].on) == set(found.kept)


def test_the_round_that_spoke_against_a_change_had_it_on_and_its_service_failed() -> None:
    found, rounds = search({"db-1": "db", "web-2": "web"})

    for name, number in found.guilty.items():
        assert name in rounds[number - 1].on
        assert set(rounds[number - 1].failed) & TOUCHES[name]


@pytest.mark.parametrize("guilty", ["cache-0", "cache-3", "db-2"])
def test_a_change_that_breaks_who_needs_its_service_is_told_from_that_one_s_own(
    guilty: str,
) -> None:
    found, rounds = search({guilty: "web", "web-1": "web"})

    assert set(found.dropped) == {guilty, "web-1"}
    assert "web" in found.dropped[guilty]
    assert rounds[-1].clean


def test_what_is_not_risky_is_known_after_two_starts() -> None:
    breaking = {"db-1": "db", "web-1": "web"}
    rounds: list[Round] = []
    for _ in range(2):
        on = sieve(TOUCHES, NEEDS, rounds, breaking).next_on()
        rounds.append(start(on or (), breaking))

    assert set(sieve(TOUCHES, NEEDS, rounds, breaking).kept) == set(TOUCHES) - set(breaking)


def test_of_two_changes_that_only_break_together_one_is_dropped() -> None:
    rounds: list[Round] = []
    while (on := sieve(TOUCHES, NEEDS, rounds).next_on()) is not None:
        both = {"db-0", "db-1"} <= set(on)
        rounds.append(Round(on, {"db": "too much"} if both else {}, () if both else tuple(NEEDS)))
    found = sieve(TOUCHES, NEEDS, rounds)

    assert set(found.dropped) == {"db-1"}
    assert rounds[-1].clean


def test_a_platform_that_never_comes_up_ends_the_search() -> None:
    rounds: list[Round] = []
    while (on := sieve(TOUCHES, NEEDS, rounds).next_on()) is not None:
        rounds.append(Round(on))
    found = sieve(TOUCHES, NEEDS, rounds)

    assert len(rounds) <= MOST_ROUNDS
    assert found.kept == []
    assert set(found.dropped) == set(TOUCHES)


def test_a_platform_that_fails_without_any_change_keeps_none() -> None:
    rounds: list[Round] = []
    while (on := sieve(TOUCHES, NEEDS, rounds).next_on()) is not None:
        rounds.append(Round(on, {"cache": "ended"}, ("db", "web")))
    found = sieve(TOUCHES, NEEDS, rounds)

    assert found.kept == []
    assert len(rounds) <= MOST_ROUNDS
    assert TOO_LONG not in found.dropped.values()


def test_killed_anywhere_it_goes_on_where_it_was() -> None:
    _, rounds = search({"db-1": "db", "cache-3": "cache"})

    for known in range(len(rounds)):
        stored = [round_of(json.loads(json.dumps(plain(each)))) for each in rounds[:known]]
        assert sieve(TOUCHES, NEEDS, stored).next_on() == rounds[known].on


CHANCY = ("web-0", "web-1")


def steady(fails: dict[int, str], chancy: tuple[str, ...] = CHANCY) -> tuple[Sieve, list[Round]]:
    """Search where in some rounds a service fails as long as a chancy change of it is on."""
    rounds: list[Round] = []
    while (on := sieve(TOUCHES, NEEDS, rounds, (), chancy).next_on()) is not None:
        service = fails.get(len(rounds) + 1, "")
        guilty = any(service in TOUCHES[each] for each in on if each in CHANCY)
        failed = {service: "it ended with exit code 3"} if guilty else {}
        rounds.append(Round(on, failed, tuple(s for s in NEEDS if s not in failed)))
    return sieve(TOUCHES, NEEDS, rounds, (), chancy), rounds


def test_what_may_hold_by_chance_is_started_several_times_with_all_the_rest() -> None:
    found, rounds = steady({})

    assert len(rounds) == STEADY
    assert all(set(each.on) == set(TOUCHES) and each.clean for each in rounds)
    assert set(found.kept) == set(TOUCHES)
    assert len(steady({}, ())[1]) == 1


@pytest.mark.parametrize("late", range(2, STEADY + 1))
def test_one_bad_start_is_enough_to_drop_it_and_nothing_else(late: int) -> None:
    found, rounds = steady({late: "web"})

    assert set(found.dropped) == set(CHANCY)
    assert all("exit code 3" in why for why in found.dropped.values())
    assert set(found.kept) == set(TOUCHES) - set(CHANCY)
    assert found.guilty["web-0"] == late
    assert rounds[-1].clean
    assert set(rounds[-1].on) == set(found.kept)


def test_what_may_hold_by_chance_is_not_among_the_first_that_are_tried_again() -> None:
    on = sieve(TOUCHES, NEEDS, [Round(tuple(TOUCHES), {"web": "ended"})], (), CHANCY).next_on()

    assert on is not None
    assert not set(on) & set(CHANCY)
