from __future__ import annotations

import errno
import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import pytest
from prefect import flow
from prefect.context import TaskRunContext
from prefect.results import ResultStore

from tasks.domain.runs import Run
from tasks.steps import UnkeyedStepError, UnstoredResultError, derivation, effect, observation
from tasks.tools.errors import TemporaryToolError
from tasks.tools.ledger import journal
from tasks.tools.ledger.database import URL_VARIABLE, Ledger, StaleLeaseError
from tasks.tools.ledger.journal import StepEvent
from tasks.tools.ledger.leases import Lease

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CALLS: list[object] = []


@derivation("double {number}")
def double(run: Run, number: int) -> int:
    CALLS.append(number)
    return 2 * number


@observation("look")
def look(run: Run) -> int:
    CALLS.append("look")
    return 1


@effect("change")
def change(run: Run) -> None:
    CALLS.append("change")


@derivation("stumble")
def stumble(run: Run) -> str:
    CALLS.append("stumble")
    if len(CALLS) == 1:
        raise TemporaryToolError("the registry did not answer")
    return "there"


@derivation("unkeyed {thing}")
def unkeyed(run: Run, thing: object) -> None:
    CALLS.append("unkeyed")


class Parts(list[int]):
    """Whoever walks through them is noticed."""

    def __iter__(self) -> NoReturn:
        raise AssertionError


@dataclass(frozen=True)
class Whole:
    parts: Parts


@effect("hand over")
def hand_over(run: Run) -> Whole:
    return Whole(Parts([1]))


@effect("take")
def take(run: Run, first: Whole, *, second: Whole) -> str:
    return str(TaskRunContext.get().task_run.task_inputs)  # type: ignore[union-attr]


@pytest.fixture
def run(prefect: object, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    CALLS.clear()
    platform = uuid.uuid4().hex
    lease = Lease.take(Ledger(ledger_url), platform, f"run-{platform}")
    # The salt keeps tests apart that share the process-wide store.
    yield Run(lease.run, platform, lease.epoch, "night", salt=platform)
    lease.release()


@flow
def twice(run: Run) -> None:
    for _ in range(2):
        double(run, 4)
        look(run)
        change(run)


def _events(run: Run) -> list[tuple[str, StepEvent]]:
    return [(line.step, line.event) for line in journal.lines(Ledger.here(), run.id)]


def test_a_finished_derivation_or_observation_is_not_run_again_an_effect_is(run: Run) -> None:
    twice(run)

    assert CALLS == [4, "look", "change", "change"]


def test_arguments_are_taken_whole_and_the_graph_shows_whose_results_they_are(run: Run) -> None:
    @flow
    def hand() -> str:
        handed = hand_over(run)
        return take(run, handed, second=handed)

    edges = hand()

    assert edges.count("TaskRunResult") == 2


def test_the_journal_tells_what_began_and_what_was_committed_in_this_order(run: Run) -> None:
    @flow
    def once() -> None:
        double(run, 5)
        double(run, 5)

    once()

    assert _events(run) == [("double", StepEvent.STARTED), ("double", StepEvent.COMMITTED)]


def test_a_committed_line_is_written_only_after_the_result_is_stored(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.results import ResultStore  # noqa: PLC0415  # the one that the engine uses

    seen: list[list[tuple[str, StepEvent]]] = []
    original = ResultStore.persist_result_record

    def persist(self: ResultStore, *args: object, **kwargs: object) -> object:
        seen.append(_events(run))
        return original(self, *args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(ResultStore, "persist_result_record", persist)

    @flow
    def once() -> None:
        double(run, 6)

    once()

    assert seen[0] == [("double", StepEvent.STARTED)]
    assert _events(run)[-1] == ("double", StepEvent.COMMITTED)


def test_a_process_that_was_overtaken_does_not_begin_another_step(run: Run) -> None:
    stale = Run(run.id, run.platform, run.epoch - 1, run.batch, run.salt)

    @flow
    def once() -> None:
        double(stale, 7)

    with pytest.raises(StaleLeaseError):
        once()
    assert CALLS == []


def test_a_step_that_cannot_be_keyed_fails_instead_of_running_unresumably(run: Run) -> None:
    @flow
    def once() -> None:
        unkeyed(run, {1, object()})

    with pytest.raises(UnkeyedStepError, match="canonical"):
        once()
    assert CALLS == []


def test_a_temporary_failure_is_tried_again_by_the_step_itself(run: Run) -> None:
    @flow
    def once() -> str:
        return stumble(run)

    assert once() == "there"
    assert CALLS == ["stumble", "stumble"]


def test_called_as_a_plain_function_a_step_needs_neither_prefect_nor_ledger() -> None:
    assert double.fn(Run("r", "p", 1, "b"), 21) == 42


def test_a_result_that_found_no_room_is_not_called_committed_and_the_next_step_does_not_begin(
    run: Run, prefect: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, *args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @flow
    def two_steps() -> None:
        with monkeypatch.context() as disk:
            disk.setattr(ResultStore, "persist_result_record", full)
            double(run, 3)
        change(run)

    with pytest.raises(UnstoredResultError, match="double could not be stored"):
        two_steps()

    lines = journal.lines(Ledger.here(), run.id)
    assert [(line.step, line.event) for line in lines] == [("double", StepEvent.STARTED)]
    assert CALLS == [3]
