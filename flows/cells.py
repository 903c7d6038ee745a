"""Cells in Prefect: the built ones, the wrapper that a finished cell is passed by in, the order.

The wrapper is a task around a subflow, for two reasons tested in ``tests/flows``:

- A direct call of a subflow is identified by its position among the calls of its
  parent. Cells start in any order, so a retry could hand one cell another's result.
- A task's transaction is inherited by the tasks inside it, and a lazy one writes
  their results when the outermost ends. EAGER, or a kill loses every finished step.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from prefect import allow_failure, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed
from prefect.transactions import CommitMode, transaction

from flows.standing import inputs_parts, left_out
from tasks import outcomes
from tasks.domain.canonical import digest
from tasks.domain.exits import Exit
from tasks.domain.settling import CellState, Settled, ancestors, with_ancestors
from tasks.interruption import InterruptionError, stop_if_asked
from tasks.resume import closure
from tasks.sending import send
from tasks.steps import programs_of
from tasks.tools.command import find_program
from tasks.tools.errors import ToolError
from tasks.tools.ledger import cells
from tasks.tools.ledger.cells import CellEvent
from tasks.tools.ledger.database import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from prefect import Flow

    from tasks.domain.runs import Job, Placement, Run

# The others are listed as "not built" in README and report; tests keep this true.
BUILT: tuple[str, ...] = (
    "theory/distributed",
    "build/baseline",
    "build/security",
    "verify/integration",
    "verify/performance",
    "verify/acceptance",
    "optimise/performance",
    "optimise/harden",
    "optimise/deploy",
    "optimise/training",
)


def cell_flow(cell: str) -> Flow[..., Any]:
    """Find the flow of a cell: ``build/security`` is ``security`` in ``flows.build``."""
    phase, _, name = cell.partition("/")
    flow: Flow[..., Any] = getattr(import_module(f"flows.{phase}"), name)
    return flow


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="{cell}")
def run_cell(
    cell: str, job: Job, earlier: Mapping[str, Settled | BaseException], place: Placement = "inline"
) -> Settled:
    """Run one cell, or pass it by when it finished on these very inputs before."""
    stop_if_asked(job.run)
    given = {name: item.outcome for name, item in earlier.items() if isinstance(item, Settled)}
    ledger = Ledger.here()
    inputs = inputs_digest(cell, job, given, earlier)
    if (stored := finished(ledger, job.run, cell, inputs)) is None:
        with _told(ledger, job.run, cell, inputs):
            if place == "inline":
                work_off(cell, job, given, earlier)
            else:
                send(cell, job, given, tuple(earlier))
        stored = finished(ledger, job.run, cell, inputs)
    else:
        cells.tell(ledger, job.run, cell, CellEvent.PASSED, inputs)
    if stored is None:
        msg = f"{cell} ended, and its outcome is not there"
        raise LookupError(msg)
    return Settled(cell, CellState.DONE, stored)


def finished(ledger: Ledger, run: Run, cell: str, inputs: str) -> str | None:
    """Return where the outcome of a cell is, if it finished on these inputs and can be read."""
    stored = cells.completed(ledger, run, cell, inputs)
    return stored if stored and outcomes.readable(stored) else None


@contextmanager
def _told(ledger: Ledger, run: Run, cell: str, inputs: str) -> Iterator[None]:
    """Write down that the cell is entered, and how it ends when it does not finish."""
    cells.tell(ledger, run, cell, CellEvent.ENTERED, inputs)
    try:
        yield
    except Exception as error:
        stopped = isinstance(error, InterruptionError)
        with suppress(ToolError):  # without platform or ledger there is nobody to tell
            event = CellEvent.INTERRUPTED if stopped else CellEvent.FAILED
            cells.tell(ledger, run, cell, event, inputs)
        raise


def work_off(cell: str, job: Job, given: dict[str, str], earlier: Collection[str]) -> None:
    """Enter the cell's flow in this process, and record its completion and what it took."""
    flow = cell_flow(cell)
    parts = inputs_parts(flow, cell, job, given, earlier)
    begun, cpu = time.monotonic(), time.thread_time()
    with transaction(commit_mode=CommitMode.EAGER):
        outcome = flow(job, given)
    done = cells.Completion(
        cell,
        digest(parts),
        outcomes.keep(cell, outcome),
        time.monotonic() - begun,
        time.thread_time() - cpu,
        parts,
        _programs(flow.fn.__module__),
    )
    cells.complete(Ledger.here(), job.run, done)


def _programs(module: str) -> dict[str, str]:
    """Name the programs that a cell's steps may start, as far as they are here, and where."""
    found = {name: find_program(name) for name in programs_of(closure(module))}
    return {name: str(path) for name, path in sorted(found.items()) if path}


def inputs_digest(cell: str, job: Job, given: Mapping[str, str], earlier: Collection[str]) -> str:
    """Digest everything that a cell's outcome depends on."""
    return digest(inputs_parts(cell_flow(cell), cell, job, given, earlier))


def settle(
    job: Job,
    wanted: Collection[str],
    *,
    place: Placement = "inline",
    built: Collection[str] | None = None,
    told: Callable[[Settled, float], None] = lambda settled, share: None,
) -> dict[str, Settled]:
    """Run ``wanted`` and what they stand on, each when what it needs is settled.

    ``place`` is where: in this process, or each cell as a run of its own.
    A cell that fails does not stop the others: whoever needs it works with less.
    ``told`` hears of each cell that settles, and which share of them all has.
    """
    left = left_out(job)
    built = [each for each in (BUILT if built is None else built) if each not in left]
    chosen = with_ancestors(built, wanted)
    futures: dict[str, Any] = {}
    for cell in chosen:
        earlier: dict[str, Any] = {
            name: allow_failure(futures[name]) for name in ancestors(built, cell)
        }
        futures[cell] = run_cell.submit(cell, job, earlier, place)
    names = {future: name for name, future in futures.items()}
    found: dict[str, Settled] = {}
    for future in as_completed(list(futures.values())):
        cell = names[future]
        found[cell] = _settled(cell, future)
        told(found[cell], len(found) / len(chosen))
    return found


def _settled(cell: str, future: Any) -> Settled:
    future.wait()  # or its state is the server's, which lags behind
    if future.state.is_completed():
        settled: Settled = future.result()
        return settled
    error = future.state.result(raise_on_failure=False)
    said = str(error) if isinstance(error, ToolError) else future.state.message
    said = said or "it ended without a word"
    if isinstance(error, InterruptionError):
        return Settled(cell, CellState.INTERRUPTED, reason=said)
    # What the outside refused says so itself; all else is ours.
    code = int(getattr(error, "exit", Exit.FAULT))
    return Settled(cell, CellState.FAILED, reason=said, exit=code)


def phase_cells(phase: str) -> tuple[str, ...]:
    """List the built cells of one phase."""
    return tuple(cell for cell in BUILT if cell.startswith(f"{phase}/"))
