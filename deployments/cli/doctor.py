"""`cmi doctor`: what this machine can do for the programme, and what to add."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import yaml
from cyclopts import Parameter

from deployments.cli import engine
from deployments.cli.findings import writable
from deployments.cli.options import (  # cyclopts reads them at run time
    AsJson,
    Lang,
    Yes,
    language,
)
from deployments.cli.output import emit_json, write
from deployments.local import dotenv
from deployments.local.errors import StackError
from deployments.local.layout import Layout
from deployments.local.stack import Stack
from tasks.domain.exits import Exit
from tasks.domain.version import VERSION
from tasks.tools.probes import PROBES, USUAL_PORT, Finding

_CHECKOUT = Path(__file__).resolve().parents[2]
_TEXTS = _CHECKOUT / "knowledge/doctor.yaml"
# Most probes wait for a program to answer; two cores serve a handful of them at once.
_AT_ONCE = 4
_OTHERS = 0o077  # rights of everybody but the owner
_FILE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "DOCKER_CERT_PATH")


def doctor(
    *,
    as_json: AsJson = False,
    lang: Lang = None,
    install_engine: Annotated[
        bool, Parameter(negative=(), help="Install and start a Docker engine of our own first.")
    ] = False,
    stop_engine: Annotated[
        bool, Parameter(negative=(), help="Stop the Docker engine of our own first.")
    ] = False,
    yes: Yes = False,
) -> int:
    """Say for each thing: found or not, which version, what follows, what to do."""
    if install_engine:
        engine.install_engine(yes=yes)
    if stop_engine:
        engine.stop_engine()
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
    layout = Layout.find()
    dotenv.point_to_cluster(layout.checkout)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = dict(zip(PROBES, pool.map(lambda probe: probe(), PROBES.values()), strict=True))
    if found["port"] and found["port"].state == "taken" and _ours(layout):
        found["port"] = Finding("ok", detail=found["port"].detail)
    found["configuration"] = configuration(layout)
    return {name: finding for name, finding in found.items() if finding is not None}


def configuration(layout: Layout) -> Finding:
    """Find settings that cannot work: files that are named and absent, open, or damaged."""
    wrong = [
        f"{name}={value}"
        for name, value in _named_files(layout)
        if not Path(value).expanduser().exists()
    ]
    env = layout.checkout / ".env"
    if env.exists() and env.stat().st_mode & _OTHERS:
        wrong.append(f"{env}: chmod 600")
    try:
        Stack.read(layout)
    except StackError as error:
        wrong.append(str(error))
    return Finding("broken", detail="; ".join(wrong)) if wrong else Finding("ok")


def _named_files(layout: Layout) -> list[tuple[str, str]]:
    """List the settings that name a file, with the file."""
    own = dotenv.read(layout.checkout)
    found = [("KUBE_CONFIG", own["KUBE_CONFIG"])] if "KUBE_CONFIG" in own else []
    listed = os.environ.get("KUBECONFIG", "").split(os.pathsep)
    found += [("KUBECONFIG", each) for each in listed if each]
    for name in _FILE_VARIABLES:
        if value := os.environ.get(name):
            found.append((name, value))
    scheme, _, path = os.environ.get("DOCKER_HOST", "").partition("://")
    return [*found, ("DOCKER_HOST", path)] if scheme == "unix" else found


def _ours(layout: Layout) -> bool:
    """True when it is our own server that holds the usual port."""
    try:
        stack = Stack.read(layout)
    except StackError:  # told under another name
        return False
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
