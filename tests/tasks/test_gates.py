"""A gate in a deployment's run: suspended with a form, let on by its answer or the ledger's."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from prefect import flow

from tasks import gates
from tasks.domain.interruptions import Answer, Choice, Kind, Strategy, Trigger
from tasks.domain.runs import Job, Run
from tasks.tools.ledger import decisions, runs, triggers
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.decisions import DecisionNeededError
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHY = Trigger(Kind.STRATEGY, "1", "the board met", "kim", "command")
KIM = Answer(Choice.RESUME, "kim", "worth it", (Strategy.ALTERNATIVES,), via="form")


@pytest.fixture
def ledger(ledger_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ledger:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    monkeypatch.setenv("CMI_STATE", str(tmp_path))
    return Ledger(ledger_url)


@pytest.fixture
def job(ledger: Ledger) -> Iterator[Job]:
    name = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(name, name, "night", "", "/shop", "entry"))
    lease = Lease.take(ledger, name, name)
    yield Job(Run(name, name, lease.epoch, "night"), "/shop", "entry", "content")
    lease.release()


@pytest.fixture
def artifacts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Catch what would be shown in Prefect, by key."""
    shown: list[str] = []
    monkeypatch.setattr(
        gates, "create_markdown_artifact", lambda text, key: shown.append(f"{key} {text}")
    )
    return shown


def test_nothing_is_asked_when_nothing_happened(ledger: Ledger, job: Job) -> None:
    gates.ask(ledger, job, ())
    gates.wait(ledger, job, "en")

    assert decisions.of_run(ledger, job.run.id) == ()


def test_a_killed_process_asks_the_same_question_again_not_another(
    ledger: Ledger, job: Job, artifacts: list[str]
) -> None:
    triggers.raise_trigger(ledger, job.run.id, WHY)

    for _ in range(2):
        gates.ask(ledger, job, ())

    (asked,) = decisions.waiting(ledger, job.run.id)
    with pytest.raises(DecisionNeededError, match="the board met"):
        gates.wait(ledger, job, "en")
    assert asked.question["triggers"][0]["reason"] == "the board met"
    assert artifacts[0].startswith("impact ")


def test_an_answer_from_the_form_is_taken_and_one_that_comes_late_is_told_who_was_first(
    ledger: Ledger, job: Job, artifacts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    logger = SimpleNamespace(warning=lambda text, *values: told.append(text % values))
    monkeypatch.setattr(gates, "get_run_logger", lambda: logger)
    triggers.raise_trigger(ledger, job.run.id, WHY)
    gates.ask(ledger, job, ())
    (asked,) = decisions.waiting(ledger, job.run.id)

    gates.take(ledger, asked, KIM)
    gates.take(ledger, asked, Answer(Choice.STOP, "robin", "no"))

    (kept,) = decisions.of_run(ledger, job.run.id)
    assert kept.answer == KIM
    assert "kim decided" in told[0]
    assert any("decision-late" in each and "kim decided" in each for each in artifacts)


@pytest.mark.usefixtures("prefect")
def test_a_form_that_was_filled_in_is_found_in_whichever_attempt_it_was_shown() -> None:
    from prefect.input import create_flow_run_input  # noqa: PLC0415  # only with Prefect at hand

    found: list[Any] = []

    @flow
    def looking() -> None:
        found.append(gates._form_of("gate-a"))  # noqa: SLF001  # what is required is in it
        values = {
            "choice": "resume",
            "strategy": "alternatives",
            "reason": "worth it",
            "decided_by": "kim",
        }
        create_flow_run_input("suspended-gate-a-7-schema", {})
        create_flow_run_input("suspended-gate-a-7-response", values)
        found.append(gates._form_of("gate-a"))  # noqa: SLF001  # as above
        found.append(gates._form_of("gate-b"))  # noqa: SLF001  # as above

    looking()

    assert found == [None, KIM, None]
