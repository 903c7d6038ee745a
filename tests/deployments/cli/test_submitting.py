"""How long a run without an owner is waited for depends on what is seen of its process."""

from __future__ import annotations

import subprocess

import pytest

pytest.importorskip("prefect", reason="Prefect is not installed here")

from prefect.states import Pending, Running

from deployments.cli.submitting import patience, talking
from tasks.tools.ledger.runs import RunRecord

RECORD = RunRecord("one", "platform", "batch", "", "/shop", "compose", {}, flow_run="a flow run")


def test_a_process_that_is_being_born_gets_more_time_than_one_that_is_gone() -> None:
    environment = {"PREFECT__FLOW_RUN_ID": "a flow run"}
    with subprocess.Popen(["sleep", "60"], env=environment) as process:  # noqa: S607
        born = patience(RECORD, Running())
        process.kill()
    gone = patience(RECORD, Running())

    assert born >= 30
    assert gone <= 10


def test_a_run_whose_process_is_still_to_be_started_gets_more_time_than_a_dead_one() -> None:
    assert patience(RECORD, Pending()) > patience(RECORD, Running())


def test_a_server_that_moved_is_talked_to_where_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")

    with talking() as client:
        assert str(client.api_url).startswith("http://127.0.0.1:9/")
