"""The wrapper idiom, and beside each rule the naive way that breaks it."""

from __future__ import annotations

import importlib
import re
import uuid
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prefect import flow, get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.flow_engine import run_flow
from prefect.states import Scheduled
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.transactions import CommitMode, transaction

from flows import cells as wrapper
from tasks import outcomes
from tasks.domain.programme import CELLS
from tasks.domain.runs import Job, Run
from tasks.domain.settling import CellState, Settled
from tasks.steps import derivation
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.leases import Lease

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parents[2]
STEPS: Counter[str] = Counter()
ENTERED: Counter[str] = Counter()
RESULTS: dict[str, list[str]] = {}
BROKEN: set[str] = set()
TOY = ("theory/distributed", "build/security", "verify/integration")


@derivation("work {cell} {number}")
def work(run: Run, cell: str, number: int) -> str:
    STEPS[f"{cell} {number}"] += 1
    return f"{cell} {number}"


@task(cache_policy=NO_CACHE)
def look(folder: Path, cell: str) -> None:
    """See which results are on the disk while the cell still runs."""
    RESULTS[cell] = sorted(path.name for path in folder.glob("work-*"))


@flow
def toy(job: Job, given: dict[str, str], cell: str) -> list[str]:
    ENTERED[cell] += 1
    found = [work(job.run, cell, 1)]
    look(Path(job.out), cell)
    if cell in BROKEN:
        msg = f"{cell} met its limit"
        raise ValueError(msg)
    return [*found, work(job.run, cell, 2), *sorted(given)]


@pytest.fixture
def job(prefect: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    for store in (STEPS, ENTERED, RESULTS, BROKEN):
        store.clear()
    monkeypatch.setenv(URL_VARIABLE, ledger_url)

    def cell_flow(cell: str) -> Any:
        @flow(name=f"toy {cell.replace('/', ' ')}")
        def one(job: Job, given: dict[str, str]) -> list[str]:
            return toy.fn(job, given, cell)

        return one

    monkeypatch.setattr(wrapper, "cell_flow", cell_flow)
    platform = uuid.uuid4().hex
    lease = Lease.take(Ledger(ledger_url), platform, f"run-{platform}")
    run = Run(lease.run, platform, lease.epoch, "night", salt=platform)
    yield Job(run, "/shop", "compose", "content", out=str(prefect))
    lease.release()


# One thread: the harness has SQLite, which refuses runs that are created at the same time.
@flow(task_runner=ThreadPoolTaskRunner(max_workers=1))  # type: ignore[arg-type]  # Prefect types the runner by its future
def parent(job: Job) -> dict[str, Settled]:
    return wrapper.settle(job, TOY, built=TOY)


def test_a_cell_starts_when_what_it_needs_is_settled_and_is_handed_its_outcomes(job: Job) -> None:
    @flow
    def read(settled: dict[str, Settled]) -> dict[str, Any]:
        return {cell: outcomes.fetch(each.outcome) for cell, each in settled.items()}

    settled = parent(job)

    assert {(each.state, each.reason) for each in settled.values()} == {(CellState.DONE, "")}
    assert read(settled)["verify/integration"] == [
        "verify/integration 1",
        "verify/integration 2",
        "build/security",
        "theory/distributed",
    ]


def test_a_failed_cell_does_not_stop_the_others_which_work_with_less(job: Job) -> None:
    BROKEN.add("build/security")

    settled = parent(job)

    assert settled["build/security"].state is CellState.FAILED
    assert "met its limit" in settled["build/security"].reason
    assert settled["verify/integration"].state is CellState.DONE


def test_a_finished_cell_is_passed_by_and_a_failed_one_goes_on_from_its_last_step(job: Job) -> None:
    BROKEN.add("build/security")
    parent(job)
    BROKEN.clear()

    settled = parent(job)

    assert {(each.state, each.reason) for each in settled.values()} == {(CellState.DONE, "")}
    assert ENTERED == {"theory/distributed": 1, "build/security": 2, "verify/integration": 2}
    assert set(STEPS.values()) == {1}


def test_a_cell_whose_outcome_was_lost_is_entered_again_and_its_steps_are_not(job: Job) -> None:
    parent(job)
    for path in Path(job.out).glob("outcome-theory-distributed-*"):
        path.unlink()

    parent(job)

    assert ENTERED["theory/distributed"] == 2
    assert set(STEPS.values()) == {1}


def test_a_changed_source_lets_no_cell_be_passed_by(job: Job) -> None:
    parent(job)
    parent(replace(job, content="other content"))

    assert set(ENTERED.values()) == {2}


# Trap A: a nested task inherits its parent's lazy transaction.


@task(cache_policy=NO_CACHE, persist_result=False)
def lazy(job: Job) -> None:
    toy(job, {}, "lazy")


@task(cache_policy=NO_CACHE, persist_result=False)
def eager(job: Job) -> None:
    with transaction(commit_mode=CommitMode.EAGER):
        toy(job, {}, "eager")


@flow
def both(job: Job) -> None:
    lazy(job)
    eager(job)


def test_without_an_eager_transaction_a_kill_would_lose_every_finished_step_of_a_cell(
    job: Job,
) -> None:
    both(job)

    assert RESULTS["lazy"] == []
    assert len(RESULTS["eager"]) == 3  # both of the lazy one, written at its very end, and its own


def test_a_cell_stores_each_step_when_it_ends_not_when_the_cell_ends(job: Job) -> None:
    parent(job)

    assert len(RESULTS["theory/distributed"]) == 1


# Trap B: a direct subflow call is known by its position among its parent's calls.


@flow(persist_result=True)
def named(name: str) -> str:
    return name


@task(cache_policy=NO_CACHE, persist_result=False)
def wrapped(name: str) -> str:
    with transaction(commit_mode=CommitMode.EAGER):
        return named(name)


@flow
def direct_parent() -> list[str]:
    return _in_changing_order(named)


@flow
def wrapped_parent() -> list[str]:
    return _in_changing_order(wrapped)


def _in_changing_order(call: Any) -> list[str]:
    """Finish c first and die; on the retry begin with a, as threads may."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    if context.flow_run.run_count == 1:
        call("c")
        raise ValueError("killed")
    return [call(name) for name in "abc"]


def _retried(parent: Any) -> list[str]:
    first = parent(return_state=True)
    client = get_client(sync_client=True)
    with client:
        flow_run_id = first.state_details.flow_run_id
        client.set_flow_run_state(flow_run_id, Scheduled(), force=True)
        flow_run = client.read_flow_run(flow_run_id)
    found: Any = run_flow(parent, flow_run=flow_run, parameters={})
    return list(found)


def test_direct_subflow_calls_swap_their_results_on_a_retry_in_another_order(
    prefect: Path,
) -> None:
    assert _retried(direct_parent)[0] == "c"  # the wrong one, and the run is Completed


def test_wrapped_subflows_keep_their_results_on_a_retry_in_another_order(prefect: Path) -> None:
    assert _retried(wrapped_parent) == ["a", "b", "c"]


# The list of built cells.


def test_every_built_cell_has_its_flow_and_no_other_flow_claims_to_be_a_cell() -> None:
    for cell in wrapper.BUILT:
        assert wrapper.cell_flow(cell).name == cell.replace("/", " ")
    unbuilt = {cell.id for cell in CELLS} - set(wrapper.BUILT)
    for cell in unbuilt:
        phase, _, name = cell.partition("/")
        try:
            module = importlib.import_module(f"flows.{phase}")
        except ModuleNotFoundError:
            continue
        assert not hasattr(module, name)


def test_settling_is_told_cell_by_cell_up_to_the_whole(job: Job) -> None:
    shares: list[float] = []

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=1))  # type: ignore[arg-type]  # Prefect types the runner by its future
    def followed() -> None:
        wrapper.settle(job, TOY, built=TOY, told=lambda _, share: shares.append(share))

    followed()

    assert len(shares) == len(TOY)
    assert shares[-1] == 1.0


def test_the_readme_lists_exactly_the_cells_that_are_not_built() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (\w+) \| (\w+) \| \w+ \| (.+) \|$", readme, re.MULTILINE)
    states = {f"{phase}/{name}": state for phase, name, state in table if phase != "phase"}

    assert {cell for cell, state in states.items() if state != "not built"} == set(wrapper.BUILT)
    assert set(states) == {cell.id for cell in CELLS}
