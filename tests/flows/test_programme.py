"""The whole programme in one process, over the sample platform."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployments.cli.main import call
from flows.cells import BUILT
from flows.programme import programme
from flows.standing import LIVE
from tasks.tools.ledger import journal
from tasks.tools.ledger.database import URL_VARIABLE, Ledger

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(300)
def test_a_run_delivers_a_bundle_and_the_next_one_repeats_no_derivation(
    prefect: Path, ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    shop = shutil.copytree(CHECKOUT / "examples/shop", tmp_path / "shop")
    first, second = (str(uuid.uuid4()) for _ in range(2))

    outcome = programme(str(shop), run=first, out=str(tmp_path / "first"))
    again = programme(str(shop), run=second, out=str(tmp_path / "second"))

    assert {each["cell"] for each in outcome["cells"] if each["state"] == "done"} == set(
        BUILT
    ) - set(LIVE)
    index = json.loads((tmp_path / "first/bundle.json").read_text(encoding="utf-8"))
    missing = {each["what"]: each for each in index["not_assessed"]}
    for cell in LIVE:
        assert "--live" in missing[cell]["remedy"]  # never counted as done, nor as clean
    assert index["digest"] == outcome["digest"] == again["digest"]
    repeated = {line.step for line in journal.lines(Ledger(ledger_url), second)}
    # What depends on the run itself: its manual names no run, its bundle does.
    assert repeated <= {"render_bundle", "publish"}


@pytest.mark.timeout(300)
def test_a_quick_run_lists_what_it_left_out_and_the_full_one_after_it_leaves_out_nothing(
    prefect: Path, ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    shop = str(shutil.copytree(CHECKOUT / "examples/shop", tmp_path / "shop"))
    quick_run, full_run = (str(uuid.uuid4()) for _ in range(2))

    quick = programme(shop, run=quick_run, out=str(tmp_path / "quick"), quick=True)
    full = programme(shop, run=full_run, out=str(tmp_path / "full"))

    steps = [
        {line.step for line in journal.lines(Ledger(ledger_url), run)}
        for run in (quick_run, full_run)
    ]
    slow = {"prove", "validate_definitions", "validate_together"}
    assert not steps[0] & slow
    assert slow <= steps[1]
    assert "assess_platform" in steps[0] - steps[1]  # what quick did do is not done again
    assert quick["digest"] == full["digest"]
    left_out = [
        [e for e in _index(tmp_path / each)["not_assessed"] if "--quick" in e["reason"]]
        for each in ("quick", "full")
    ]
    assert len(left_out[0]) == 2
    assert left_out[1] == []
    proofs = [
        {e["proofs"]["finding"]["state"] for e in _index(tmp_path / each)["candidates"]}
        for each in ("quick", "full")
    ]
    assert proofs == [{"not assessed"}, {"passed"}]
    assert call(["audit", str(tmp_path / "quick"), "--source", shop]) == 0


def _index(bundle: Path) -> Any:
    return json.loads((bundle / "bundle.json").read_text(encoding="utf-8"))


def test_every_deployment_names_a_flow_and_waits_in_line_instead_of_being_lost() -> None:
    document = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))

    for each in document["deployments"]:
        file, _, flow = each["entrypoint"].partition(":")
        assert f"def {flow}(" in (CHECKOUT / file).read_text(encoding="utf-8")
        limit = each.get("concurrency_limit", {"collision_strategy": "ENQUEUE"})
        assert limit["collision_strategy"] == "ENQUEUE"
    assert any(each.get("schedules") for each in document["deployments"])
