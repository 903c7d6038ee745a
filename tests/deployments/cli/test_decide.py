"""`cmi decide`: it shows the question, takes one answer, and says who was first."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest
from jsonschema import validate

from deployments.cli import decide as module
from deployments.cli.main import call
from deployments.local.stack import Stack
from tasks.domain.impact import CellStanding, Standing, question
from tasks.domain.interruptions import STRATEGIES, Choice, Kind, Nature, Strategy, Trigger
from tasks.domain.reporting.schemas import schema
from tasks.domain.runs import Run
from tasks.tools.ledger import decisions, runs
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("prefect", reason="Prefect is not installed here")
WHY = Trigger(Kind.COST, "1", "it costs too much")
CELLS = (CellStanding("build/security", Standing.STALE, ("code",)).priced(2.0, 1.0),)


@pytest.fixture
def ledger(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    stack = Stack("http://127.0.0.1:1/api", "cmi:hush", ledger_url)
    monkeypatch.setattr(module, "use_stack", lambda: stack)
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.engine.dispose()


@pytest.fixture
def run(ledger: Ledger) -> str:
    """Give a run in the foreground that waits for an answer."""
    name = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(name, name, "night", "", "/shop", "compose.yaml"))
    lease = Lease.take(ledger, name, name)
    told = Run(name, name, lease.epoch, "night")
    decisions.ask(ledger, told, "gate-1", question((WHY,), CELLS), (WHY,))
    lease.release(suspend=True)
    return name


def test_without_a_choice_the_question_is_shown_and_the_code_says_that_it_waits(
    run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["decide", run, "--lang", "en"]) == 6

    shown = capsys.readouterr().out
    assert "it costs too much" in shown
    assert f"cmi decide {run} --choice resume|replan|stop" in shown


def test_an_answer_is_kept_with_who_and_why(
    ledger: Ledger, run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--choice", "replan", "--strategy", "mitigate", "--reason", "cheaper", "--quick"]
    code = call(["decide", run, *words, "--by", "kim", "--without", "edge", "--json"])

    document = json.loads(capsys.readouterr().out)
    validate(document, schema("decide"))
    assert code == 0
    (kept,) = decisions.of_run(ledger, run)
    assert kept.answer is not None
    assert (kept.answer.by, kept.answer.choice) == ("kim", Choice.REPLAN)
    assert (kept.answer.strategies, kept.answer.quick) == ((Strategy.MITIGATE,), True)
    assert kept.answer.without == ("edge",)


@pytest.mark.parametrize("strategy", Strategy)
def test_every_strategy_is_typed_as_it_is_offered(
    ledger: Ledger, run: str, strategy: Strategy, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--choice", "resume", "--reason", "x", "--strategy", strategy.value]

    code = call(["decide", run, *words])

    offered = strategy in STRATEGIES[Nature.TECHNICAL]
    assert code == (0 if offered else 2)
    assert ("not offered" in capsys.readouterr().err) is not offered


def test_who_comes_second_is_told_who_was_first_and_what_he_decided(
    run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call(["decide", run, "--choice", "stop", "--reason", "enough", "--by", "kim"])
    capsys.readouterr()

    assert call(["decide", run, "--choice", "resume", "--reason", "no", "--by", "robin"]) == 2

    told = capsys.readouterr().err
    assert f"kim decided on run {run}" in told
    assert "stop" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["--choice", "stop"], "needs a reason", id="no reason"),
        pytest.param(
            ["--choice", "stop", "--reason", "x", "--strategy", "communicate"],
            "not offered",
            id="a strategy of other reasons",
        ),
        pytest.param(
            ["--choice", "resume", "--reason", "x", "--quick"], "new plan", id="no new plan"
        ),
        pytest.param(["--choice", "maybe"], "maybe", id="no such choice"),
    ],
)
def test_an_unclear_answer_is_refused_and_the_question_waits_on(
    ledger: Ledger, run: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["decide", run, *words]) == 2

    assert said in capsys.readouterr().err
    assert decisions.waiting(ledger, run)


def test_a_run_that_waits_for_nothing_is_named(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    name = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(name, name, "night", "", "/shop", "compose.yaml"))

    assert call(["decide", name, "--choice", "stop", "--reason", "x"]) == 2
    assert "waits for no decision" in capsys.readouterr().err
    assert call(["decide", "nowhere"]) == 2
    assert "There is no run nowhere" in capsys.readouterr().err
