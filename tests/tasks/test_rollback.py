from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.outcomes import Measured
from tasks.domain.runs import Job, Run
from tasks.domain.verification.starts import Start
from tasks.domain.verification.trials import Compared
from tests.bundles import PLATFORM
from tests.proven import trial

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("prefect", reason="Prefect is not installed here")

RUN = Run("run-1", "p" * 16, 1, "night")
START = Measured(Start(2.0, (), ()))


@pytest.mark.parametrize(
    ("compared", "reason"),
    [
        (Compared(), "nothing was compared, so there is nothing to go back from"),
        (Compared(reason="the engine is gone"), "the engine is gone"),
        (Compared(trial()), "Nobody answers"),
    ],
    ids=["nothing", "no comparison", "no engine"],
)
def test_what_keeps_us_from_going_back_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compared: Compared, reason: str
) -> None:
    from tasks.rollback import go_back  # noqa: PLC0415  # it needs Prefect

    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    job = Job(RUN, str(tmp_path), "compose.yaml", "c")
    found = go_back.fn(RUN, job, PLATFORM, (), (), START, compared)

    assert found.rollback is None
    assert reason in found.reason
