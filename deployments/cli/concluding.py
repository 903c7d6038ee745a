"""How `cmi run` and `cmi resume` end: where the bundle is, and the exit code with its reasons."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployments.cli.options import language
from deployments.cli.output import emit_json, say, write
from tasks.domain.exits import Exit, worst
from tasks.domain.findings import Severity
from tasks.domain.version import VERSION

if TYPE_CHECKING:
    from deployments.cli.options import Threshold
    from tasks.tools.ledger.runs import RunRecord


def conclude(record: RunRecord, ui: str, *, as_json: bool, fail_on: Threshold) -> int:
    """Tell how a finished run ended and return its exit code; ``ui`` is Prefect's address."""
    outcome = dict(record.outcome)
    code, reasons = Exit(outcome["exit"]), list(outcome["reasons"])
    if gate := _gate(outcome, fail_on):
        code, reasons = worst(code, Exit.GATE), [*reasons, gate]
    if as_json:
        emit_json(
            {
                "version": VERSION,
                "run": record.id,
                "batch": record.batch,
                "entry": record.entry,
                "bundle": outcome["bundle"],
                "digest": outcome["digest"],
                "cells": outcome["cells"],
                "exit": {"code": int(code), "reasons": reasons},
            }
        )
    else:
        write(_pointers(record, ui), sys.stdout)
        for reason in reasons:
            say(reason)
    return int(code)


def _pointers(record: RunRecord, ui: str) -> str:
    """Say where to look: absolute paths, because the reader may stand elsewhere."""
    bundle = record.outcome["bundle"]
    lines = [f"Run:    {ui}/runs/flow-run/{record.flow_run}"] if record.flow_run else []
    if bundle:
        lines += [f"Report: {bundle}/report.{language(None)}.html", f"Bundle: {bundle}"]
    return "".join(f"{line}\n" for line in lines)


def _gate(outcome: dict[str, Any], fail_on: Threshold) -> str:
    if fail_on == "none" or not outcome["bundle"]:
        return ""
    index = Path(outcome["bundle"]) / "bundle.json"
    findings = json.loads(index.read_text(encoding="utf-8"))["findings"]
    floor = Severity(fail_on)
    over = [
        each
        for each in findings
        if not each["waived"] and Severity(each["severity"]).at_least(floor)
    ]
    return f"{len(over)} findings are at least {fail_on}" if over else ""
