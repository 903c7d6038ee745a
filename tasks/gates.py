"""Gates: a run that a trigger stopped asks a person, and goes on as he decided.

The question is committed to the ledger before anything waits; the answer is taken from
the ledger, whichever way it came. A deployment's run is suspended with a form in
Prefect's pages; a run in the foreground ends with exit code 6. Neither knows a time limit.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

from prefect import get_run_logger, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.flow_runs import suspend_flow_run
from prefect.input import filter_flow_run_input

from tasks.domain.canonical import digest
from tasks.domain.impact import question
from tasks.domain.interruptions import Strategy
from tasks.domain.reporting.impacts import LANGUAGES, impact_text, replan_text
from tasks.forms import answer_in, form
from tasks.tools.files import put
from tasks.tools.ledger import decisions, triggers
from tasks.tools.ledger.decisions import AlreadyDecidedError, needed
from tasks.tools.state import work_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prefect.client.schemas.objects import FlowRunInput

    from tasks.domain.impact import CellStanding
    from tasks.domain.interruptions import Answer, Decision
    from tasks.domain.runs import Job
    from tasks.tools.ledger.database import Ledger

_MOST_INPUTS = 200


def ask(ledger: Ledger, job: Job, cells: Sequence[CellStanding]) -> None:
    """Commit the question about every pending trigger, with its impact report.

    The gate's name follows from what it is about, so a killed process asks the same again.
    """
    about = triggers.pending(ledger, job.run.id)
    if not about:
        return
    gate = f"gate-{digest([[each.kind.value, each.subject] for each in about])[:16]}"
    decisions.ask(ledger, job.run, gate, question(about, cells), about)


def wait(ledger: Ledger, job: Job, language: str) -> None:
    """Go past every question that is answered; stop at one that is not.

    Raises:
        DecisionNeededError: in the foreground; the ledger keeps the question.
        Pause: in a deployment's run, which is suspended until its form is filled in.
    """
    for each in decisions.waiting(ledger, job.run.id):
        publish(job, each, language)
        if not runtime.deployment.id:
            raise needed(each)
        if (given := _form_of(each.gate)) is None:
            _suspend(each, job, language)
        else:
            take(ledger, each, given)


def publish(job: Job, asked: Decision, language: str) -> Path:
    """Show the impact report in Prefect, and write it into our state in every language."""
    create_markdown_artifact(impact_text(asked, job.name, language), key="impact")
    folder = work_folder(Path(job.out)) / "impact" / job.run.id
    folder.mkdir(parents=True, exist_ok=True)
    texts = {each: impact_text(asked, job.name, each) for each in LANGUAGES}
    put({folder / f"{asked.gate}.{each}.md": text.encode() for each, text in texts.items()})
    return folder


def _suspend(asked: Decision, job: Job, language: str) -> None:
    shown = form(_offers(asked), language)
    described = shown.with_initial_data(description=impact_text(asked, job.name, language))
    # A key of its own for each attempt: Prefect lets a run past one that it has seen before.
    suspend_flow_run(wait_for_input=described, key=f"{asked.gate}-{job.run.epoch}", timeout=None)


def _offers(asked: Decision) -> tuple[Strategy, ...]:
    return tuple(Strategy(each) for each in asked.question["strategies"])


def _form_of(gate: str) -> Answer | None:
    """Find what somebody filled in at a gate, in whichever attempt it was shown to him."""
    found = cast(  # typed for async callers too
        "list[FlowRunInput]",
        filter_flow_run_input(
            f"suspended-{gate}", _MOST_INPUTS, set(), UUID(str(runtime.flow_run.id))
        ),
    )
    given = [each for each in found if each.key.endswith("-response")]
    return answer_in(given[0].decoded_value) if given else None


def take(ledger: Ledger, asked: Decision, given: Answer) -> None:
    """Write down what the form said, unless somebody was faster elsewhere; then say so."""
    try:
        decisions.answer(ledger, asked.run, asked.gate, given)
    except AlreadyDecidedError as late:
        get_run_logger().warning("%s", late)
        create_markdown_artifact(f"{late}\n", key="decision-late")


def tell_replan(job: Job, cells: Sequence[CellStanding], language: str) -> None:
    """Report which finished cells run again in this attempt, and why."""
    text = replan_text(job.name, cells, language)
    create_markdown_artifact(text, key="replan")
    get_run_logger().info("%s", text)
