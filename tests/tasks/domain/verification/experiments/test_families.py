from __future__ import annotations

import random
from itertools import combinations

import pytest
from scipy.stats import false_discovery_control

from tasks.domain.verification.experiments.families import all_of, e_bh, e_holm, holm


def _cases(seed: int) -> list[dict[str, float]]:
    chance = random.Random(seed)
    return [
        {f"c{n}": chance.choice((1, 5, 20, 40, 60, 100, chance.uniform(0, 300))) for n in range(m)}
        for m in (1, 2, 3, 4, 5)
        for _ in range(20)
    ]


def _closed(p_values: dict[str, float], alpha: float) -> set[str]:
    """Believe a claim when every set of claims with it is refuted by Bonferroni: the definition."""

    def refuted(group: tuple[str, ...]) -> bool:
        return min(p_values[each] for each in group) <= alpha / len(group)

    groups = [g for size in range(1, len(p_values) + 1) for g in combinations(p_values, size)]
    return {each for each in p_values if all(refuted(g) for g in groups if each in g)}


@pytest.mark.parametrize("evidence", _cases(3))
def test_holm_is_the_closed_test_over_all_subsets(evidence: dict[str, float]) -> None:
    p_values = {name: 1 / value if value else 1.0 for name, value in evidence.items()}

    assert holm(p_values, 0.05) == _closed(p_values, 0.05)
    assert e_holm(evidence, 0.05) == holm(p_values, 0.05)


@pytest.mark.parametrize("evidence", _cases(5))
def test_screening_lists_what_scipy_s_procedure_lists_on_inverted_evidence(
    evidence: dict[str, float],
) -> None:
    p_values = [min(1.0, 1 / value) if value else 1.0 for value in evidence.values()]
    adjusted = false_discovery_control(p_values, method="bh")

    listed = {n for n, p in zip(evidence, adjusted, strict=True) if p <= 0.1 * (1 + 1e-12)}
    assert e_bh(evidence, 0.1) == listed


def test_one_demand_that_is_not_shown_is_enough_to_refuse() -> None:
    assert all_of({"memory": 21, "p99": 20}, 0.05)
    assert not all_of({"memory": 21, "p99": 19.9}, 0.05)
    assert all_of({}, 0.05)
