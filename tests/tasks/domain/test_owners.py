from __future__ import annotations

from tasks.domain.owners import PARALLELISM, PLANS
from tasks.domain.programme import Workstream


def test_every_workstream_has_an_owner_and_weeks_that_follow_each_other() -> None:
    assert set(PLANS) == set(Workstream)
    assert all(plan.owner and plan.weeks[0] <= plan.weeks[1] for plan in PLANS.values())
    assert {plan.parallelism for plan in PLANS.values()} <= set(PARALLELISM)
