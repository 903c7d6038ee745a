"""Following a run, and what is said when the server stays away."""

from __future__ import annotations

import socket
import time
import uuid
from typing import TYPE_CHECKING

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from deployments.cli import following
from deployments.cli.following import follow
from deployments.cli.submitting import ServerGoneError, server_gone
from tasks.domain.exits import Exit
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator


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
