from __future__ import annotations

import json
from dataclasses import replace

from tasks.domain.kpis import (
    KPIS,
    applicable_controls,
    kpis,
    percent,
    security_level,
    task_completion,
)
from tests.bundles import AT, CANDIDATES, CONTROL, FINDINGS, accepted

# The table of the user's guide.
GUIDE = {
    "theory-coverage",
    "tool-completeness",
    "start-up-time",
    "security-level",
    "operating-cost",
    "task-completion",
    "defect-rate",
    "team-satisfaction",
    "user-acceptance",
}
CONTROLS = {
    CONTROL: ("image-floating",),
    "control:privileged": ("privileged",),
    "control:port-open": ("port-open",),
    "control:calm": ("calm",),
}


def test_every_figure_of_the_guide_is_listed_and_none_is_invented() -> None:
    listed = kpis([], AT)

    assert {kpi.id for kpi in listed} == GUIDE
    assert all(kpi.value is None and kpi.reason and kpi.formula for kpi in listed)


def test_a_waived_finding_leaves_its_control_accepted_by_an_owner() -> None:
    level, proof = security_level(CONTROLS, FINDINGS, CANDIDATES)

    assert (level.numerator, level.denominator, level.value) == (2, 4, 50.0)
    assert json.loads(proof.data)["counted"] == ["control:calm", "control:port-open"]


def test_only_an_accepted_change_closes_a_finding() -> None:
    level, _ = security_level(CONTROLS, FINDINGS, [accepted()])

    assert level.numerator == 3


def test_one_open_finding_keeps_a_control_open() -> None:
    twice = (*FINDINGS, replace(FINDINGS[0], id="second", waived="yes"))

    assert security_level(CONTROLS, twice, [])[0].numerator == 2


def test_without_an_applicable_control_there_is_no_security_level() -> None:
    level, _ = security_level({}, FINDINGS, [])

    assert (level.value, level.reason) == (None, "no check applies to this platform")
    assert kpis([security_level({}, FINDINGS, [])], AT) == KPIS


def test_deliverables_nobody_owes_do_not_count_as_done() -> None:
    kpi, proof = task_completion(["user-manual", "poem"], ["user-manual", "test-report", "x"])

    assert (kpi.numerator, kpi.denominator, kpi.value) == (1, 3, 33.3)
    assert kpis([(kpi, proof)], AT)[5].evidence == (proof.digest,)


def test_a_percentage_has_one_decimal() -> None:
    assert percent(2, 3) == 66.7


def test_controls_of_another_packaging_do_not_apply() -> None:
    compose, kubernetes = (applicable_controls([kind]) for kind in ("compose", "kubernetes"))
    both = applicable_controls(["compose", "kubernetes"])

    assert "no-network-policy" not in {check for checks in compose.values() for check in checks}
    assert "no-network-policy" in {check for checks in kubernetes.values() for check in checks}
    assert set(both) == set(compose) | set(kubernetes)
    assert applicable_controls([]) == {}
