"""`cmi interrupt`: which runs it stops, and what it refuses."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest
from jsonschema import validate

from deployments.cli import interrupt as module
from deployments.cli.main import call
from deployments.local.stack import Stack
from tasks.domain.reporting.schemas import schema
from tasks.tools.ledger import runs, triggers
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("prefect", reason="Prefect is not installed here")


@pytest.fixture
def ledger(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    stack = Stack("http://127.0.0.1:1/api", "cmi:hush", ledger_url)
    monkeypatch.setattr(module, "use_stack", lambda: stack)
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.engine.dispose()


def test_the_newest_unfinished_run_is_stopped_when_none_is_named(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    run = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(run, run, "night", "", "/shop", "entry"))

    code = call(["interrupt", "--kind", "market", "--reason", "a rival", "--by", "kim", "--json"])

    document = json.loads(capsys.readouterr().out)
    validate(document, schema("interrupt"))
    assert (code, document["runs"]) == (0, [run])
    (told,) = triggers.pending(ledger, run)
    assert (told.by, told.source) == ("kim", "command")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["nowhere", "--kind", "cost", "--reason", "x"], "no run nowhere", id="no run"),
        pytest.param(["--kind", "cost", "--reason", " "], "needs a reason", id="no reason"),
        pytest.param(["--kind", "boredom", "--reason", "x"], "boredom", id="no such kind"),
        pytest.param(["--reason", "x"], "kind", id="no kind"),
    ],
)
@pytest.mark.usefixtures("ledger")
def test_what_cannot_be_done_is_said_in_a_sentence(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["interrupt", *words]) == 2

    assert said in capsys.readouterr().err
