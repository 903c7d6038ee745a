from __future__ import annotations

import numpy as np
import pytest

from tasks.domain.verification.load.latencies import Shot, quantile, summarise


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
