from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tasks.domain.kpis import (
    KPIS,
    applicable_controls,
    kpis,
    percent,
    security_level,
    start_up_time,
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
    assert kpis([level], AT) == KPIS


def test_deliverables_nobody_owes_do_not_count_as_done() -> None:
    kpi, proof = task_completion(["user-manual", "poem"], ["user-manual", "test-report", "x"])

    assert (kpi.numerator, kpi.denominator, kpi.value) == (1, 3, 33.3)
    assert kpis([kpi], AT)[5].evidence == (proof.digest,)


def test_a_percentage_has_one_decimal() -> None:
    assert percent(2, 3) == 66.7


def test_controls_of_another_packaging_do_not_apply() -> None:
    compose, kubernetes = (applicable_controls([kind]) for kind in ("compose", "kubernetes"))
    both = applicable_controls(["compose", "kubernetes"])

    assert "no-network-policy" not in {check for checks in compose.values() for check in checks}
    assert "no-network-policy" in {check for checks in kubernetes.values() for check in checks}
    assert set(both) == set(compose) | set(kubernetes)
    assert applicable_controls([]) == {}


def _experiment(verdict: str = "shown", measure: str = "green") -> dict[str, Any]:
    starts = [("before", 10.0, ""), ("after", 6.0, ""), ("before", 900.0, "interrupted")]
    starts += [("before", 12.0, ""), ("after", 6.0, "")]
    samples = [
        {"arm": arm, "measures": {"green": s}, "excluded": out, "evidence": [f"{arm}{s}"]}
        for arm, s, out in starts
    ]
    return {
        "plan": {"benefits": [{"id": "working sooner", "measure": measure}]},
        "samples": samples,
        "verdict": verdict,
        "ratios": {"working sooner": {"value": 0.55}},
    }


def test_the_time_saved_is_that_of_the_experiment_and_names_its_starts() -> None:
    saved = start_up_time([_experiment()])

    assert (saved.denominator, saved.numerator, saved.value) == (11.0, 4.95, 45.0)
    assert saved.evidence == ("before10.0", "after6.0", "before12.0", "after6.0")


def test_what_no_experiment_showed_is_no_figure() -> None:
    for nothing in ([], [_experiment("not shown")], [_experiment(measure="memory")]):
        saved = start_up_time(nothing)

        assert (saved.value, saved.evidence) == (None, ())
        assert "--live" in saved.reason
