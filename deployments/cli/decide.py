"""`cmi decide`: see what a run asks, and answer it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from deployments.cli.options import (  # cyclopts reads it at run time
    AsJson,
    language,
)
from deployments.cli.output import emit_json, say
from deployments.cli.run import use_stack
from deployments.local.speech import answer as tell
from tasks.domain.exits import Exit
from tasks.domain.interruptions import Answer, Choice, Decision, Strategy
from tasks.domain.programme import Workstream  # noqa: TC001  # cyclopts reads it at run time
from tasks.domain.version import VERSION
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from tasks.tools.ledger.database import Ledger
    from tasks.tools.ledger.runs import RunRecord


class UnclearDecisionError(PermanentToolError):
    """It is not said which run is meant, or why."""

    exit = Exit.USAGE


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Given:
    """What somebody decides. Without a choice the question is shown."""

    choice: Annotated[Choice | None, Parameter(help="How to go on.")] = None
    strategy: Annotated[
        tuple[Strategy, ...], Parameter(negative=(), help="Strategies of recovery; repeatable.")
    ] = ()
    reason: Annotated[str, Parameter(help="Why.")] = ""
    by: Annotated[str, Parameter(help="Who decides; default: your login.")] = ""
    quick: Annotated[bool, Parameter(negative=(), help="New plan: leave out what takes long.")] = (
        False
    )
    without: Annotated[
        tuple[Workstream, ...],
        Parameter(negative=(), help="New plan: leave this workstream out; repeatable."),
    ] = ()


def decide(
    run: Annotated[str, Parameter(help="Id of the run; default: the one that waits.")] = "",
    *,
    given: Given | None = None,
    as_json: AsJson = False,
) -> int:
    """Show what a run asks, or answer it; the run then goes on by itself."""
    given = given or Given()
    stack = use_stack()
    from tasks.tools.ledger import decisions  # noqa: PLC0415  # database drivers take a while
    from tasks.tools.ledger.database import Ledger  # noqa: PLC0415

    ledger = Ledger.here()
    record, asked = _question(ledger, run)
    if given.choice is None:
        return _show(record, asked, as_json=as_json)
    answer = _answer(given, asked)
    decisions.answer(ledger, record.id, asked.gate, answer)
    from deployments.cli.nudging import nudge  # noqa: PLC0415  # Prefect takes a second

    goes_on = nudge(ledger, record, answer, asked)
    if as_json:
        _print(record, asked, answer)
    say(f"Run {record.id}: {answer.choice.value}, decided by {answer.by}.")
    if goes_on:
        say(f"It goes on; `cmi resume {record.id}` follows it, and {stack.ui_url} shows it.")
    else:
        say("The command that began it goes on from there.")
    return Exit.DONE


def _question(ledger: Ledger, run: str) -> tuple[RunRecord, Decision]:
    """Find the open question that is meant.

    Raises:
        UnclearDecisionError: several runs wait, and none was named; or there is no such run.
        AlreadyDecidedError: somebody was first.
        NotWaitingError: nobody asked anything.
    """
    from tasks.tools.ledger import decisions, runs  # noqa: PLC0415  # as above

    record = runs.find(ledger, run) if run else None
    if run and record is None:
        what = f"There is no run {run}."
        raise UnclearDecisionError(what, "`cmi status` lists the runs that wait for one.")
    waiting = decisions.waiting(ledger, record.id if record else "")
    if len({each.run for each in waiting}) > 1:
        names = ", ".join(sorted({each.run for each in waiting}))
        what = f"Several runs wait for a decision: {names}."
        raise UnclearDecisionError(what, "Name the one that you mean.")
    if waiting:
        found = runs.find(ledger, waiting[0].run)
        assert found is not None  # noqa: S101  # a question belongs to a run
        return found, waiting[0]
    former = decisions.of_run(ledger, record.id) if record else ()
    if record and former and (last := former[-1]).answer:
        raise decisions.decided(record.id, last.answer, last.answered_at)
    if record is None:
        what = "No run waits for a decision."
        raise decisions.NotWaitingError(what, "`cmi status` lists the runs that wait for one.")
    raise decisions.not_waiting(record.id)


def _answer(given: Given, asked: Decision) -> Answer:
    assert given.choice is not None  # noqa: S101  # without one the question was shown
    if not given.reason.strip():
        what = "A decision needs a reason: it stands in ledger and report."
        raise UnclearDecisionError(what, "Add `--reason`.")
    offered = asked.question["strategies"]
    if wrong := [each.value for each in given.strategy if each.value not in offered]:
        what = f"The strategy {wrong[0]} is not offered for this reason."
        raise UnclearDecisionError(what, f"Choose from: {', '.join(offered)}.")
    if (given.quick or given.without) and given.choice is not Choice.REPLAN:
        what = "Only a new plan leaves something out."
        raise UnclearDecisionError(what, "Decide `--choice replan`.")
    without = tuple(each.value for each in given.without)
    by = given.by or getpass.getuser()
    return Answer(given.choice, by, given.reason, given.strategy, given.quick, without)


def _show(record: RunRecord, asked: Decision, *, as_json: bool) -> int:
    """Print the question; it still waits, so the code says so."""
    from tasks.domain.reporting.impacts import impact_text  # noqa: PLC0415  # loads all texts

    if as_json:
        _print(record, asked, None)
    else:
        tell(impact_text(asked, record.entry, language(None)))
        choices = "|".join(asked.question["choices"])
        tell(f"cmi decide {record.id} --choice {choices} --reason WHY [--strategy NAME]")
    return Exit.DECISION


def _print(record: RunRecord, asked: Decision, answer: Answer | None) -> None:
    code = Exit.DONE if answer else Exit.DECISION
    document: dict[str, Any] = {
        "version": VERSION,
        "run": record.id,
        "gate": asked.gate,
        "asked_at": asked.asked_at,
        "question": dict(asked.question),
        "answer": answer,
        "exit": {"code": int(code), "reasons": []},
    }
    emit_json(document)
