"""`cmi run` starts a stack again that broke, never one that somebody stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from deployments.cli import following, submitting
from deployments.cli.following import StackBrokenError
from deployments.cli.run import watch
from deployments.local.errors import StackStoppedError
from deployments.local.layout import Layout
from deployments.local.stack import Service, Stack
from tasks.domain.runs import Run, platform_identity
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord
from tasks.tools.processes import Process

if TYPE_CHECKING:
    from pathlib import Path

CHECKOUT = Layout.find().checkout

pytest.importorskip("prefect", reason="Prefect is not installed here")
RECORD = RunRecord("one", "platform", "batch", "", "/shop", "compose", {}, flow_run="")
DEAD = Service("server", Process(1, "never"), "http://127.0.0.1:1/api", "1")


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(following, "_LOOK_SECONDS", 0.01)


def _stack(*services: Service) -> None:
    layout = Layout.find()
    layout.prepare()
    Stack("http://127.0.0.1:1/api", "cmi:hush", "", services).write(layout)


@pytest.mark.timeout(60)
def test_a_stack_that_was_stopped_while_it_was_watched_stays_stopped() -> None:
    _stack()

    with pytest.raises(StackStoppedError):
        watch(Ledger("postgresql://nobody@/none?host=/nowhere"), RECORD)

    stack = Stack.read()
    assert stack is not None
    assert stack.services == ()


@pytest.mark.timeout(60)
def test_a_dead_service_is_noticed_before_it_is_missed() -> None:
    _stack(DEAD)

    with pytest.raises(StackBrokenError):
        following.follow(Ledger("postgresql://nobody@/none?host=/nowhere"), RECORD)


@pytest.mark.timeout(60)
def test_a_run_that_crashes_again_and_again_is_taken_up_a_few_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crashes = 0

    def crash(*_: object) -> RunRecord:
        nonlocal crashes
        crashes += 1
        raise following.RunCrashedError("It crashed.", "")

    monkeypatch.setattr(following, "follow", crash)
    monkeypatch.setattr(submitting, "take_up", lambda _, record: record)
    monkeypatch.setattr("deployments.cli.run.repair_stack", lambda _: Stack("", "", ""))

    with pytest.raises(following.RunCrashedError):
        watch(Ledger("postgresql://nobody@/none?host=/nowhere"), RECORD)

    assert crashes == 4


def test_a_finished_programme_is_shown_without_loading_prefect(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(ledger_url)
    platform = platform_identity("/finished", "compose")
    runs.begin(ledger, RunRecord("done", platform, "night", "", "/finished", "compose"))
    lease = Lease.take(ledger, platform, "done")
    runs.finish(ledger, Run("done", platform, lease.epoch, "night"), {"digest": "d"})
    lease.release()
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    code = (
        "import json, sys; from deployments.cli.run import Repetition, _carry_out;"
        "from tasks.ownership import Request; from tasks.tools.ledger.database import Ledger;"
        "found = _carry_out(Ledger.here(), Request('/finished', 'compose', 'night'), Repetition());"
        "print(json.dumps([found.id, found.outcome['digest'], 'prefect' in sys.modules]))"
    )

    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )

    assert json.loads(shown.stdout) == ["done", "d", False]
