from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.tools.ledger import plans
from tasks.tools.ledger.database import StaleLeaseError
from tasks.tools.ledger.plans import PlanChangedError, SampleOrderError

if TYPE_CHECKING:
    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger

PLAN = {"alpha": 0.05, "largest": 30, "seed": 7}


def test_a_measurement_killed_at_its_17th_sample_goes_on_with_the_18th(
    ledger: Ledger, run: Run
) -> None:
    plans.commit(ledger, run, "ab", PLAN)
    for position in range(1, 18):
        plans.add(ledger, run, "ab", position, {"n": position})

    plans.commit(ledger, run, "ab", dict(reversed(PLAN.items())))  # the next process
    taken = len(plans.samples(ledger, run.id, "ab"))
    plans.add(ledger, run, "ab", taken + 1, {"n": taken + 1})

    assert taken == 17
    assert [each["n"] for each in plans.samples(ledger, run.id, "ab")] == list(range(1, 19))


def test_a_plan_is_never_changed_once_it_is_written(ledger: Ledger, run: Run) -> None:
    plans.commit(ledger, run, "ab", PLAN)

    with pytest.raises(PlanChangedError):
        plans.commit(ledger, run, "ab", PLAN | {"alpha": 0.1})


@pytest.mark.parametrize(
    "position", [pytest.param(1, id="taken before"), pytest.param(3, id="too early")]
)
def test_a_sample_fits_only_at_its_place(ledger: Ledger, run: Run, position: int) -> None:
    plans.commit(ledger, run, "ab", PLAN)
    plans.add(ledger, run, "ab", 1, {"n": 1})

    with pytest.raises(SampleOrderError):
        plans.add(ledger, run, "ab", position, {"n": "other"})
    assert plans.samples(ledger, run.id, "ab") == ({"n": 1},)


def test_the_sample_whose_commit_was_not_answered_is_there_once(ledger: Ledger, run: Run) -> None:
    plans.commit(ledger, run, "ab", PLAN)

    for _ in range(2):
        plans.add(ledger, run, "ab", 1, {"n": 1})

    assert plans.samples(ledger, run.id, "ab") == ({"n": 1},)


def test_nothing_is_measured_without_a_plan_or_without_the_platform(
    ledger: Ledger, run: Run
) -> None:
    with pytest.raises(SampleOrderError):
        plans.add(ledger, run, "none", 1, {})
    with pytest.raises(StaleLeaseError):
        plans.commit(ledger, replace(run, epoch=run.epoch - 1), "ab", PLAN)
