from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.outcomes import Measured
from tasks.domain.platform.model import NotAssessed
from tasks.domain.runs import Job, Run
from tasks.domain.verification.functional import Answer, Question
from tasks.domain.verification.starts import Start

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("prefect", reason="Prefect is not installed here")

RUN = Run("run-1", "p" * 16, 1, "night")
RED = Answer(Question("web: port 80", "web", "tcp", 80), passed=False)
GREEN = Answer(Question("web: port 80", "web", "tcp", 80), passed=True)
START = Start(2.0, (), ())


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (Measured(not_assessed=(NotAssessed("x", "no engine", "y"),)), "no engine"),
        (Measured(), "the copy as it is does not answer every probe"),
        (Measured(START, (RED,)), "the copy as it is does not answer every probe"),
    ],
    ids=["no engine", "nothing measured", "not green"],
)
def test_nothing_is_tried_on_a_platform_that_does_not_work_as_it_is(
    tmp_path: Path, measured: Measured, reason: str
) -> None:
    from tasks.trials import try_changes  # noqa: PLC0415  # it needs Prefect

    job = Job(RUN, str(tmp_path), "compose.yaml", "c")
    tried = try_changes.fn(RUN, job, (), (), measured)

    assert tried.reason == reason
    assert tried.kept == ()
    assert tried.rounds == ()


def test_an_engine_that_is_gone_meanwhile_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.trials import try_changes  # noqa: PLC0415  # it needs Prefect

    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    job = Job(RUN, str(tmp_path), "compose.yaml", "c")
    tried = try_changes.fn(RUN, job, (), (), Measured(START, (GREEN,), worthless=("web: port 80",)))

    assert "Nobody answers" in tried.reason
    assert tried.before == {"web: port 80": True}
    assert tried.stopped == {"web: port 80": True}
