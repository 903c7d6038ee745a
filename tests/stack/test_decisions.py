"""A programme is stopped, asks, and goes on: through Prefect's form, and through the shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stack.browser import CHROMIUM, browser, log_in
from tests.stack.forms import fill_deployment, fill_in
from tests.stack.rig import Platforms, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
COMPOSE = "services:\n  web:\n    image: nginx\n  db:\n    image: postgres:9.6\n"
KINDS = (
    "technology",
    "vulnerability",
    "performance",
    "cost",
    "strategy",
    "market",
    "resources",
    "compliance",
)


def _run(stack: Platforms, folder: Path) -> str:
    """Begin a run over a small platform, and return its id."""
    folder.mkdir()
    (folder / "compose.yaml").write_text(COMPOSE)
    stack.cmi("run", str(folder), "--quick", "--recompute", "--json")
    return str(wait_until("the run is written down", lambda: stack.newest(folder)).id)


def _told(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, _ = process.communicate(timeout=120)
    return process.returncode, out


def _suspended(stack: Platforms, run: str) -> str:
    def state() -> bool:
        record = stack.record(run)
        return bool(record.flow_run) and stack.state_of(run) == "PAUSED"

    wait_until("the run is suspended", state, story=lambda: stack.story(run))
    return str(stack.record(run).flow_run)


def test_all_eight_kinds_are_raised_and_decided_in_the_shell(
    stack: Platforms, tmp_path: Path
) -> None:
    run = _run(stack, tmp_path / "shop")
    for kind in KINDS:
        code, _ = _told(stack.cmi("interrupt", run, "--kind", kind, "--reason", f"so: {kind}"))
        assert code == 0
    _suspended(stack, run)

    asked_for: set[str] = set()
    while True:
        code, out = _told(stack.cmi("decide", run, "--json"))
        if code != 6:
            break
        asked: dict[str, Any] = json.loads(out)["question"]
        asked_for |= {each["kind"] for each in asked["triggers"]}
        words = ["--choice", "resume", "--reason", "we go on", "--by", "kim", "--json"]
        strategy = asked["strategies"][0]
        code, out = _told(stack.cmi("decide", run, *words, "--strategy", strategy))
        assert code == 0, out
        wait_until(
            "the run goes on, or asks again",
            lambda: stack.state_of(run) in {"COMPLETED", "PAUSED"},
            story=lambda: stack.story(run),
        )

    assert asked_for == set(KINDS)
    assert stack.state_of(run) == "COMPLETED"
    outcome = stack.record(run).outcome
    (index,) = (json.loads((Path(outcome["bundle"]) / "bundle.json").read_text()),)
    assert {each["answer"]["by"] for each in index["decisions"]} == {"kim"}
    assert stack.repeated(run) == []


@pytest.mark.browser
def test_a_stop_through_the_form_leaves_a_whole_bundle_and_who_comes_late_is_told(
    stack: Platforms, tmp_path: Path
) -> None:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine (Debian's package is `chromium`)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    run = _run(stack, tmp_path / "shop")
    assert _told(stack.cmi("interrupt", run, "--kind", "market", "--reason", "a rival"))[0] == 0
    flow_run = _suspended(stack, run)
    code, out = _told(stack.cmi("status", "--json"))
    assert [each["command"] for each in json.loads(out)["waiting"]] == [f"cmi decide {run}"]

    with sync_playwright() as driver, browser(driver, tmp_path / "profile") as person:
        page = person.page()
        log_in(page, stack.stack().ui_url, stack.stack().auth_string)
        page.get_by_text("Active Work Pools").wait_for()
        page.goto(f"{stack.stack().ui_url}/runs/flow-run/{flow_run}")
        told = fill_in(page, "stop", "communicate", ("nobody buys it", "kim"))

    assert "a rival" in told
    wait_until(
        "the run has finished",
        lambda: stack.record(run).state == "finished",
        story=lambda: stack.story(run),
    )
    outcome = stack.record(run).outcome
    assert outcome["exit"] == 1
    assert "nobody buys it" in " ".join(outcome["reasons"])
    index = json.loads((Path(outcome["bundle"]) / "bundle.json").read_text())
    assert index["decisions"][0]["answer"]["via"] == "form"
    code, _ = _told(stack.cmi("decide", run, "--choice", "resume", "--reason", "late"))
    assert code == 2


def _raised(stack: Platforms, run: str) -> set[tuple[str, str, str]]:
    from tasks.tools.ledger import triggers  # noqa: PLC0415  # drivers take a while

    return {(e.source, e.kind.value, e.by) for e in triggers.raised(stack.ledger(), run)}


def _waiting(stack: Platforms, folder: Path) -> str:
    """Begin a run and stop it: what is raised from now on finds it open, however slow we are."""
    run = _run(stack, folder)
    assert _told(stack.cmi("interrupt", run, "--kind", "cost", "--reason", "too dear"))[0] == 0
    _suspended(stack, run)
    return run


def _asks_again(stack: Platforms, run: str) -> set[str]:
    """Let the run go on, and return for what reasons it stops again."""
    words = ("--choice", "resume", "--reason", "we go on", "--by", "kim")
    assert _told(stack.cmi("decide", run, *words))[0] == 0

    def asked() -> str:
        code, out = _told(stack.cmi("decide", run, "--json"))
        return out if code == 6 else ""

    out = wait_until("it asks again", asked, story=lambda: stack.story(run))
    return {each["kind"] for each in json.loads(out)["question"]["triggers"]}


def test_an_event_stops_a_run(stack: Platforms, tmp_path: Path) -> None:
    run = _waiting(stack, tmp_path / "shop")
    told = {"kind": "vulnerability", "reason": "a new hole", "run": run, "raised_by": "lee"}
    emit = ["event", "emit", "cmi.interrupt", "--resource-id", "cmi.lee"]
    subprocess.run(
        [sys.executable, "-m", "prefect", *emit, "--payload", json.dumps(told)],
        env=os.environ | stack.stack().environment(),
        check=True,
        capture_output=True,
        timeout=90,
    )

    wait_until(
        "the event is heard",
        lambda: ("event", "vulnerability", "lee") in _raised(stack, run),
        story=lambda: stack.story(run),
    )

    assert _asks_again(stack, run) == {"vulnerability"}


@pytest.mark.browser
def test_the_form_of_the_deployment_stops_a_run(stack: Platforms, tmp_path: Path) -> None:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine (Debian's package is `chromium`)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    run = _waiting(stack, tmp_path / "shop")
    with sync_playwright() as driver, browser(driver, tmp_path / "profile") as person:
        page = person.page()
        log_in(page, stack.stack().ui_url, stack.stack().auth_string)
        page.get_by_text("Active Work Pools").wait_for()
        fill_deployment(
            page,
            stack.stack().ui_url,
            "interrupt",
            {"kind": "resources"},
            {"reason": "the mill burnt down", "run": run, "raised_by": "mo"},
        )

    wait_until(
        "the form is heard",
        lambda: ("deployment", "resources", "mo") in _raised(stack, run),
        story=lambda: stack.story(run),
    )
    assert _asks_again(stack, run) == {"resources"}
