from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.outcomes import Measured
from tasks.domain.runs import Job, Run
from tasks.domain.verification.confirmations import Noise
from tasks.domain.verification.regressions.judging import Lookback
from tasks.domain.verification.sieves import Round
from tasks.domain.verification.starts import Start
from tasks.domain.verification.trials import Compared, Tried
from tests.proven import trial

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("prefect", reason="Prefect is not installed here")

RUN = Run("run-1", "p" * 16, 1, "night")
START = Measured(Start(2.0, (), ()))


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    return Job(RUN, str(tmp_path), "compose.yaml", "c")


def test_noise_needs_a_platform_that_works_and_an_engine(job: Job) -> None:
    from tasks.compare import measure_noise  # noqa: PLC0415  # it needs Prefect

    assert "does not answer every probe" in measure_noise.fn(RUN, job, Measured()).reason
    assert "Nobody answers" in measure_noise.fn(RUN, job, START).reason


def test_without_a_change_there_is_nothing_to_compare(job: Job) -> None:
    from tasks.compare import compare  # noqa: PLC0415  # it needs Prefect

    none = compare.fn(RUN, job, (), (), START, Tried(), Noise())
    because = compare.fn(RUN, job, (), (), START, Tried(reason="no engine"), Noise())

    assert none == Compared(reason="no change is left that the copy shows and lives with")
    assert because == Compared(reason="no engine")


def test_without_an_engine_the_reason_is_told(job: Job) -> None:
    from tasks.compare import compare  # noqa: PLC0415  # it needs Prefect

    tried = Tried(touches={"c1": ("web",)}, rounds=(Round(("c1",), {}, ("web",)),))

    found = compare.fn(RUN, job, (), (), START, tried, Noise())

    assert tried.kept == ("c1",)
    assert "Nobody answers" in found.reason


def test_both_reports_are_owed_by_their_cells() -> None:
    from tasks.compare import report_comparison, report_noise  # noqa: PLC0415  # it needs Prefect

    samples = trial()
    noise = Noise(samples.samples[:3])
    (baseline,) = report_noise.fn(RUN, "compose.yaml", noise, Lookback())
    (report,) = report_comparison.fn(RUN, "compose.yaml", Compared(samples), noise)

    assert (baseline.id, report.id) == ("performance-baseline", "optimisation-report")
