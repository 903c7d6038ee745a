"""`cmi resume`: which run it takes, and when it refuses. That it goes on is tested on a stack."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from deployments.cli import resume as module
from deployments.cli.resume import NothingToResumeError, resume
from deployments.local.stack import Stack
from tasks.domain.exits import Exit
from tasks.domain.runs import Run
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.leases import HeldError, Lease
from tasks.tools.ledger.runs import RunRecord
from tasks.tools.sources import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("prefect", reason="Prefect is not installed here")


@pytest.fixture
def ledger(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    stack = Stack("http://127.0.0.1:1/api", "cmi:hush", ledger_url)
    monkeypatch.setattr(module, "use_stack", lambda: stack)
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.engine.dispose()


def _begin(ledger: Ledger) -> RunRecord:
    run = uuid.uuid4().hex
    return runs.begin(ledger, RunRecord(run, f"platform-{run}", run, "", "/shop", "compose"))


def test_an_unknown_run_is_named_and_nothing_is_begun(ledger: Ledger) -> None:
    with pytest.raises(NothingToResumeError, match="There is no run nowhere") as caught:
        resume("nowhere")

    assert caught.value.exit is Exit.USAGE
    assert runs.find(ledger, "nowhere") is None


def test_a_run_whose_platform_another_run_owns_is_refused_with_its_id(ledger: Ledger) -> None:
    record = _begin(ledger)
    lease = Lease.take(ledger, record.platform, "the-other")

    with pytest.raises(HeldError) as caught:
        resume(record.id)

    lease.release()
    assert caught.value.run == "the-other"


def test_a_run_whose_platform_vanished_is_said_and_left_as_it_is(
    ledger: Ledger, tmp_path: Path
) -> None:
    run = uuid.uuid4().hex
    gone = RunRecord(run, f"platform-{run}", run, "", str(tmp_path / "gone"), "compose")
    runs.begin(ledger, gone)

    with pytest.raises(SourceError, match="gone") as caught:
        resume(run)

    assert caught.value.exit is Exit.USAGE
    assert runs.find(ledger, run) == gone


def test_a_finished_run_is_concluded_and_not_run_again(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    record = _begin(ledger)
    lease = Lease.take(ledger, record.platform, record.id)
    run = Run(record.id, record.platform, lease.epoch, record.batch)
    outcome = {"exit": 0, "reasons": [], "cells": [], "bundle": "", "digest": ""}
    runs.finish(ledger, run, outcome)
    lease.release()

    assert resume(record.id, as_json=True) == 0
    assert record.id in capsys.readouterr().out
