"""`cmi doctor`: what this machine can do for the programme, and what to add."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from deployments.cli.findings import writable
from deployments.cli.options import (  # cyclopts reads them at run time
    AsJson,
    Lang,
    language,
)
from deployments.cli.output import emit_json, write
from deployments.local.stack import Stack
from tasks.domain.exits import Exit
from tasks.domain.version import VERSION
from tasks.tools.probes import PROBES, USUAL_PORT, Finding

_TEXTS = Path(__file__).resolve().parents[2] / "knowledge/doctor.yaml"
# Most probes wait for a program to answer; two cores serve a handful of them at once.
_AT_ONCE = 4


def doctor(*, as_json: AsJson = False, lang: Lang = None) -> int:
    """Say for each thing: found or not, which version, what follows, what to do."""
    texts = yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))
    chosen = language(lang) if as_json else writable(language(lang))
    rows = [_row(name, found, texts, chosen) for name, found in examine().items()]
    if as_json:
        emit_json({"version": VERSION, "items": rows, "exit": {"code": 0, "reasons": []}})
        return Exit.DONE
    for row in rows:
        write(_line(row), sys.stdout)
    return Exit.DONE


def examine() -> dict[str, Finding]:
    """Run every probe; those that have nothing to say about this machine are left out."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = dict(zip(PROBES, pool.map(lambda probe: probe(), PROBES.values()), strict=True))
    if found["port"] and found["port"].state == "taken" and _ours():
        found["port"] = Finding("ok", detail=found["port"].detail)
    return {name: finding for name, finding in found.items() if finding is not None}


def _ours() -> bool:
    """True when it is our own server that holds the usual port."""
    stack = Stack.read()
    return stack is not None and stack.running and stack.port == USUAL_PORT


def _row(name: str, found: Finding, texts: dict[str, Any], chosen: str) -> dict[str, Any]:
    text = texts["items"][name][chosen]
    well = found.state == "ok"
    return {
        "id": name,
        "title": text["title"],
        "state": found.state,
        "state_text": texts["states"][chosen][found.state],
        "version": found.version,
        "detail": found.detail,
        "consequence": "" if well else text["consequence"],
        "remedy": "" if well else text["remedy"],
    }


def _line(row: dict[str, Any]) -> str:
    about = "  ".join(part for part in (row["version"], row["detail"]) if part)
    first = f"{row['title']}: {row['state_text']}" + (f"  {about}" if about else "")
    rest = "".join(f"\n    {row[key]}" for key in ("consequence", "remedy") if row[key])
    return f"{first}{rest}\n"
