from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain import outcomes
from tasks.domain.outcomes import Measured
from tasks.domain.platform.model import NotAssessed
from tasks.domain.runs import Job, Run
from tasks.domain.verification.regressions.judging import Lookback
from tasks.domain.verification.starts import Start
from tasks.tools.sources import read_source

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("prefect", reason="Prefect is not installed here")

RUN = Run("run-1", "p" * 16, 1, "night")
STARTED = Measured(Start(2.0, (), ()))
SCENARIO = "scenario: a\nwhen: [stop: web]\nthen: [stands: web]\n"


def job(folder: Path, scenario: str = SCENARIO) -> Job:
    (folder / "compose.yaml").write_text("services: {web: {image: web}}\n")
    if scenario:
        (folder / "scenarios").mkdir()
        (folder / "scenarios/a.yaml").write_text(scenario)
    source = read_source([folder])
    return Job(RUN, str(folder), "compose.yaml", source.digest(source.files))


def test_without_a_scenario_nothing_is_brought_up_and_this_is_said(tmp_path: Path) -> None:
    from tasks.acceptance import accept, report_issues  # noqa: PLC0415  # it needs Prefect

    found = accept.fn(RUN, job(tmp_path, ""), STARTED)
    (listed,) = report_issues.fn(RUN, "compose.yaml", STARTED, outcomes.Tested(), found, Lookback())

    assert found.acts == ()
    assert "no scenario is written" in found.reason
    assert "because no scenario is written" in listed.texts["en"]


def test_a_mistake_is_the_reason_with_its_place(tmp_path: Path) -> None:
    from tasks.acceptance import accept  # noqa: PLC0415  # it needs Prefect

    found = accept.fn(RUN, job(tmp_path, "scenario: a\n"), STARTED)

    assert found.reason.startswith("scenarios/a.yaml:1: A scenario lacks when, then.")


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (Measured(not_assessed=(NotAssessed("x", "no engine", "y"),)), "no engine"),
        (Measured(), "no copy of the platform was brought up"),
        (STARTED, "Nobody answers"),
    ],
    ids=["nothing measured", "no reason", "engine gone meanwhile"],
)
def test_without_a_copy_each_scenario_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: Measured, said: str
) -> None:
    from tasks.acceptance import accept  # noqa: PLC0415  # it needs Prefect

    (tmp_path / "platform").mkdir()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))

    (act,) = accept.fn(RUN, job(tmp_path / "platform"), measured).acts

    assert act.scenario.name == "a"
    assert said in act.course.reason
