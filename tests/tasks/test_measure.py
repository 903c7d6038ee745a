from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.runs import Run
from tasks.measure import measure_copy

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("prefect", reason="Prefect is not installed here")
RUN = Run("run-1", "p" * 16, 1, "night")


def test_without_an_engine_it_is_not_assessed_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")

    measured = measure_copy.fn(RUN, str(tmp_path), "compose.yaml")

    assert measured.start is None
    (missing,) = measured.not_assessed
    assert missing.what == "the platform as it runs"
    assert "Nobody answers" in missing.reason
    assert "DOCKER_HOST" in missing.remedy
    assert not missing.input
