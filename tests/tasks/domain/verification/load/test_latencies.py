from __future__ import annotations

import numpy as np
import pytest

from tasks.domain.verification.load.latencies import Shot, quantile, summarise, tail_noise


def test_a_user_s_wait_begins_when_the_request_was_due_not_when_it_got_away() -> None:
    assert Shot(due=1.0, sent=3.0, answered=3.1).latency == pytest.approx(2.1)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_quantiles_are_those_of_numpy_s_inverted_distribution(share: float) -> None:
    waits = sorted(np.random.default_rng(3).exponential(size=1001).tolist())

    expected = float(np.quantile(waits, share, method="inverted_cdf"))
    assert quantile(waits, share) == expected


def test_a_quantile_that_too_few_requests_could_show_is_not_given() -> None:
    assert quantile([0.1] * 499, 0.99) is None
    assert quantile([0.1] * 500, 0.99) == 0.1


def test_failures_are_errors_and_their_waiting_counts() -> None:
    good = [Shot(n / 10, n / 10, n / 10 + 0.01) for n in range(50)]
    bad = [Shot(n / 10, n / 10, n / 10 + 9.0, "TimeoutError") for n in range(50, 100)]

    found = summarise([*good, *bad])

    assert (found.requests, found.errors) == (100, 50)
    assert found.quantiles[0.9] == pytest.approx(9.0)
    assert found.offered == pytest.approx(100 / 9.9)
    assert found.throughput < found.offered / 2


def test_a_generator_that_was_late_itself_is_not_trusted() -> None:
    punctual = [Shot(n / 100, n / 100 + 0.001, n / 100 + 0.01) for n in range(100)]
    behind = [Shot(n / 100, n / 100 + 0.2, n / 100 + 0.3) for n in range(100)]

    assert summarise(punctual).trusted
    assert not summarise(behind).trusted


def test_no_shot_says_nothing() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        summarise([])


def world(generator: np.random.Generator, share: float = 0.05) -> list[float]:
    """Waits of one load: some are long, and busy moments have several long ones in a row."""
    busy = np.repeat(generator.uniform(size=100) < share, 15)
    waits = generator.lognormal(np.log(0.01), 0.4, len(busy)) * np.where(busy, 4.0, 1.0)
    return [float(each) for each in waits]


def test_two_loads_of_one_world_seldom_differ_by_more_than_their_noise() -> None:
    generator = np.random.default_rng(11)
    beyond, above = 0, 0
    for _ in range(200):
        first, second = world(generator), world(generator)
        tails = [quantile(sorted(each), 0.99) or 0.0 for each in (first, second)]
        grown = tails[1] / tails[0] - 1
        beyond += grown > (tail_noise(first) or 0.0)
        above += grown > 0.05

    assert beyond <= 20  # the bootstrap promises 10 of 200 on this side, from one load alone
    assert above >= 60  # so a margin of 5 % that asks nobody is not kept


def test_a_tail_twice_as_long_is_beyond_the_noise() -> None:
    generator = np.random.default_rng(12)
    first = world(generator, share=0.0)
    second = [2 * each for each in world(generator, share=0.0)]
    tails = [quantile(sorted(each), 0.99) or 0.0 for each in (first, second)]

    assert tails[1] / tails[0] - 1 > (tail_noise(first) or np.inf)


def test_waits_that_are_all_alike_have_no_noise_and_few_have_none_to_tell() -> None:
    assert tail_noise([0.02] * 1000) == pytest.approx(0.0)
    assert tail_noise([0.02] * 400) is None
    assert tail_noise(world(np.random.default_rng(1))) == tail_noise(
        world(np.random.default_rng(1))
    )
