"""Following a run, and what is said when the server stays away."""

from __future__ import annotations

import socket
import time
import uuid
from typing import TYPE_CHECKING

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from deployments.cli import following
from deployments.cli.following import follow, stopped, tell
from deployments.cli.submitting import ServerGoneError, server_gone
from tasks.domain.exits import Exit
from tasks.tools import quiet
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def gone() -> Iterator[str]:
    """Give the address of a server that is away: nobody listens on its port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{port}/api"}):
        yield str(port)


def test_a_server_that_stays_gone_ends_the_following_in_a_sentence_and_keeps_the_run(
    gone: str, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_GONE_SECONDS", 3.0)
    ledger = Ledger(ledger_url)
    run, flow_run = str(uuid.uuid4()), str(uuid.uuid4())
    record = RunRecord(run, run, "night", "", "/srv/shop", "compose", flow_run=flow_run)
    runs.begin(ledger, record)
    begun = time.monotonic()

    with pytest.raises(ServerGoneError) as ended:
        follow(ledger, record)

    assert time.monotonic() - begun > 3.0  # one that is only restarted is waited for
    assert ended.value.exit is Exit.FAULT
    assert "./start-project.sh" in ended.value.remedy
    assert runs.find(ledger, run) == record


def test_only_what_the_server_s_absence_means_is_called_that() -> None:
    assert server_gone(RuntimeError("Failed to reach API at http://127.0.0.1:1/api/"))
    assert server_gone(RuntimeError("dictionary changed size during iteration")) is None
    assert server_gone(ValueError("x")) is None


def _failed(cell: str, reason: str, code: Exit) -> dict[str, object]:
    return {"cell": cell, "state": "failed", "outcome": "", "reason": reason, "exit": int(code)}


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        pytest.param([Exit.USAGE], Exit.USAGE, id="the user's to mend"),
        pytest.param([Exit.USAGE, Exit.FAULT], Exit.FAULT, id="ours beside it"),
    ],
)
def test_a_run_that_stopped_says_which_cells_failed_and_whose_it_is_to_mend(
    codes: list[Exit], code: Exit
) -> None:
    cells = [_failed(f"verify/{n}", f"No room in /{n}.", each) for n, each in enumerate(codes)]
    done = {"cell": "build/security", "state": "done", "outcome": "x", "reason": "", "exit": 0}
    record = RunRecord("r", "r", "", "", "/srv", "compose", outcome={"cells": [done, *cells]})

    error = stopped(record, "CellsFailedError", "Go on.")

    assert error.exit is code
    assert str(error).startswith("Run r stopped: verify/0 failed: No room in /0")
    assert "build/security" not in str(error)


def test_a_run_that_stopped_before_any_cell_says_what_prefect_says() -> None:
    record = RunRecord("r", "r", "", "", "/srv", "compose")

    error = stopped(record, "Out of luck.", "Go on.")

    assert str(error) == "Run r stopped: Out of luck. Go on."
    assert error.exit is Exit.FAULT


def test_of_a_cell_that_was_begun_twice_the_last_attempt_is_told_and_told_once(
    prefect: object, capsys: pytest.CaptureFixture[str]
) -> None:
    from prefect import State, flow, get_client, task  # noqa: PLC0415  # only here a server is asked
    from prefect.states import Completed, Crashed, Running  # noqa: PLC0415

    @flow
    def programme() -> None: ...

    @task
    def cell() -> None: ...

    ends: tuple[State[None], State[None]] = Crashed(), Completed()
    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(programme)
        for attempt, end in enumerate(ends):
            begun = client.create_task_run(
                cell, flow_run.id, f"cell-{attempt}", name="theory/distributed"
            )
            client.set_task_run_state(begun.id, Running(), force=True)
            client.set_task_run_state(begun.id, end, force=True)
    record = RunRecord("r", "r", "night", "", "/srv/shop", "compose", flow_run=str(flow_run.id))
    told: dict[str, str] = {}

    with get_client(sync_client=True) as client:
        for _ in range(3):
            tell(client, record, told)

    assert capsys.readouterr().err == "theory/distributed: completed\n"


def test_who_waits_for_another_run_that_measures_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quiet, "_PLACES", (tmp_path,))
    record, told = RunRecord("mine", "mine", "", "", "/srv", "compose"), dict[str, str]()

    with quiet.held(lambda: None, "mine"):
        following.tell_who_measures(record, told)
    assert capsys.readouterr().err == ""
    with quiet.held(lambda: None, "other"):
        for _ in range(3):
            following.tell_who_measures(record, told)

    said = " ".join(capsys.readouterr().err.split())
    assert said == "Run other measures, and has this host to itself; this run goes on afterwards."
