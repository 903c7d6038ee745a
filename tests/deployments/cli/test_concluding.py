import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from deployments.cli.concluding import conclude
from tasks.domain.exits import Exit
from tasks.tools.ledger.runs import RunRecord

UI = "http://127.0.0.1:4200"


def _record(folder: Path, code: Exit = Exit.DONE) -> RunRecord:
    findings = [
        {"severity": "high", "waived": False},
        {"severity": "critical", "waived": True},
    ]
    (folder / "bundle.json").write_text(json.dumps({"findings": findings}), encoding="utf-8")
    reasons = [] if code is Exit.DONE else ["a file was not read"]
    outcome = {"exit": int(code), "reasons": reasons, "bundle": str(folder), "digest": "d"}
    return RunRecord("r", "p", "night", "", "/srv", "compose", outcome={**outcome, "cells": []})


@pytest.mark.parametrize(
    ("fail_on", "code"), [("none", Exit.DONE), ("high", Exit.GATE), ("critical", Exit.DONE)]
)
def test_the_gate_counts_open_findings_and_not_waived_ones(
    tmp_path: Path, fail_on: Literal["none", "high", "critical"], code: Exit
) -> None:
    assert conclude(_record(tmp_path), UI, as_json=False, fail_on=fail_on) == code


def test_unread_input_is_worse_than_the_gate(tmp_path: Path) -> None:
    record = _record(tmp_path, Exit.INPUT_UNREAD)

    assert conclude(record, UI, as_json=False, fail_on="high") == Exit.INPUT_UNREAD


def test_json_is_one_document_with_the_exit_and_its_reasons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    conclude(_record(tmp_path), UI, as_json=True, fail_on="high")

    document = json.loads(capsys.readouterr().out)
    assert document["exit"]["code"] == 1
    assert document["exit"]["reasons"]
    assert document["digest"] == "d"


def test_people_are_told_where_to_look_in_prefect_and_on_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = replace(_record(tmp_path), flow_run="f00")

    conclude(record, UI, as_json=False, fail_on="none")

    shown = capsys.readouterr().out
    assert f"{UI}/runs/flow-run/f00\n" in shown
    assert re.search(rf"{tmp_path}/report\.(en|zh)\.html\n", shown)
