from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.runs import RunState
from tasks.tools import bundles, formers
from tasks.tools.ledger.runs import RunRecord
from tests.bundles import bundle

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _record(run: str, folder: Path) -> RunRecord:
    outcome = {"bundle": str(folder), "digest": "d"}
    return RunRecord(
        run, "p", "night", "", "/shop", "compose.yaml", state=RunState.FINISHED, outcome=outcome
    )


def test_former_programmes_come_oldest_first_and_those_without_a_bundle_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundles.write(bundle(), tmp_path / "kept")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/bundle.json").write_text("{", encoding="utf-8")
    newest_first = [
        _record("run-1", tmp_path / "kept"),
        _record("run-0", tmp_path / "kept"),  # its folder has run-1's bundle by now
        _record("run-b", tmp_path / "broken"),
        _record("run-g", tmp_path / "gone"),
    ]
    asked: list[tuple[str, ...]] = []

    def finished_before(ledger: object, *told: str) -> list[RunRecord]:
        asked.append(told)
        return newest_first

    monkeypatch.setattr("tasks.tools.ledger.runs.finished_before", finished_before)

    found = formers.formers(None, "p", "now", "2027-01-03T00:00:00+00:00")  # type: ignore[arg-type]  # only handed on

    assert [each.id for each in found] == ["run-1"]
    assert asked == [("p", "now", "2027-01-03T00:00:00+00:00")]
