"""A scenario is believed by its evidence alone."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.audit.figures import audit as audit_figures
from tasks.domain.audit.scenarios import audit
from tasks.domain.reporting.bundle import Bundle
from tasks.domain.reporting.schemas import complaints
from tasks.domain.verification.acceptance.judging import Act
from tasks.domain.verification.acceptance.records import evidence_of, record_of
from tests.forgeries import closed, named
from tests.tasks.domain.verification.acceptance.test_judging import SCENARIO, answer, course

if TYPE_CHECKING:
    from collections.abc import Callable

ACTS = (Act(SCENARIO, course()),)


def honest() -> Bundle:
    return closed(scenarios=tuple(map(record_of, ACTS)), evidence=tuple(map(evidence_of, ACTS)))


def test_an_honest_bundle_is_believed_and_counts_its_acceptance() -> None:
    made = honest()
    kpi = next(e for e in made.document["kpis"] if e["id"] == "user-acceptance")

    assert complaints("bundle", made.document) == []
    assert (kpi["value"], kpi["numerator"], kpi["denominator"]) == (100.0, 1, 1)
    assert named(audit(made)) == named(audit_figures(made)) == ""


def failed(document: dict[str, Any]) -> None:
    document["scenarios"][0]["state"] = "failed"


def excused(document: dict[str, Any]) -> None:
    document["scenarios"][0]["evidence"] = []


def elsewhere(document: dict[str, Any]) -> None:
    document["scenarios"][0]["line"] += 1


@pytest.mark.parametrize("forge", [failed, excused, elsewhere])
def test_what_the_evidence_does_not_say_is_noticed(
    forge: Callable[[dict[str, Any]], None],
) -> None:
    document = deepcopy(dict(honest().document))
    forge(document)

    assert "scenarios[an order is kept]" in named(audit(Bundle(document, honest().files)))


def test_evidence_of_another_course_does_not_carry_the_verdict() -> None:
    other = evidence_of(Act(SCENARIO, course(answer(code=500))))
    document = deepcopy(dict(honest().document))
    document["scenarios"][0]["evidence"] = [other.digest]
    made = Bundle(document, {**honest().files, other.path: other.data})

    assert "its evidence makes it failed" in named(audit(made))


def test_a_scenario_left_out_is_missed_by_the_figure() -> None:
    document = deepcopy(dict(honest().document))
    document["scenarios"] = []

    assert "kpis[user-acceptance]" in named(audit_figures(Bundle(document, honest().files)))
