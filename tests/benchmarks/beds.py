"""The beds of `tests.benchmarks.steps`, each in a process that knows its stack.

The peer is plain Prefect: the same number of tasks, persisted, with its own cache key.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, get_client, task
from prefect.cache_policies import INPUTS
from prefect.flow_engine import run_flow
from prefect.states import Scheduled

from flows import cells as wrapper
from tasks.domain.runs import Job, Run
from tasks.steps import derivation
from tasks.tools.control_plane import ControlPlane
from tasks.tools.ledger import journal
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.journal import StepEvent
from tasks.tools.ledger.leases import Lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).resolve().parents[2]
# A cell that finishes, and one that fails the first time.
FIRST, LAST = "theory/distributed", "build/security"
# What is left when almost nothing has to be passed by: the fixed cost of going on.
FEW = 10
_LONG = 5000  # from here on one round is enough
_LAG_SECONDS = 3.0
failing: set[str] = set()


@task(cache_policy=INPUTS, persist_result=True, task_run_name="plain {number}")
def plain(batch: str, number: int) -> int:
    """Do nothing, as Prefect alone does it."""
    return number


@derivation("ours {number}")
def ours(run: Run, batch: str, number: int) -> int:
    """Do nothing, as our steps do it."""
    return number


@flow
def with_plain(batch: str, size: int) -> float:
    """Take ``size`` plain steps one after the other, and say how long they took."""
    begun = time.perf_counter()
    for number in range(size):
        plain(batch, number)
    return time.perf_counter() - begun


@flow
def with_ours(run: Run, batch: str, size: int) -> float:
    """Take ``size`` steps of ours one after the other, and say how long they took."""
    begun = time.perf_counter()
    for number in range(size):
        ours(run, batch, number)
    return time.perf_counter() - begun


@contextmanager
def a_run() -> Iterator[Run]:
    """Own a platform that nobody else has heard of."""
    platform = uuid.uuid4().hex
    lease = Lease.take(Ledger.here(), platform, f"run-{platform}")
    try:
        yield Run(lease.run, platform, lease.epoch, "night", salt=platform)
    finally:
        lease.release()


def overhead(sizes: list[int], rounds: int) -> Iterator[str]:
    """Time both kinds of step in turn, for each size."""
    yield "| steps | plain: ms, CPU ms | ours: ms, CPU ms | ours / plain: time (each round) | CPU |"
    yield "|---|---|---|---|---|"
    with a_run() as run:
        _pair(run, 20, swap=False)
        for size in sizes:
            pairs = [
                _pair(run, size, swap=bool(number % 2))
                for number in range(1 if size >= _LONG else rounds)
            ]
            plains, mine = ([pair[side] for pair in pairs] for side in (0, 1))
            ratios = [b[0] / a[0] for a, b in pairs]
            each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            processor = statistics.median(b[1] / a[1] for a, b in pairs)
            yield (
                f"| {size} | {_middle(plains)} | {_middle(mine)} "
                f"| {statistics.median(ratios):.2f} ({each}) | {processor:.2f} |"
            )


def _pair(run: Run, size: int, *, swap: bool) -> list[tuple[float, float]]:
    """Milliseconds a step, by the clock and of this process: plain, ours."""
    batch = uuid.uuid4().hex
    ways: list[Callable[[], float]] = [
        partial(with_plain, batch, size),
        partial(with_ours, run, batch, size),
    ]
    taken = [(0.0, 0.0)] * 2
    for which in (1, 0) if swap else (0, 1):
        processor = time.process_time()
        wall = ways[which]()
        used = time.process_time() - processor
        taken[which] = 1000 * wall / size, 1000 * used / size
    return taken


def _middle(taken: list[tuple[float, float]]) -> str:
    return ", ".join(f"{statistics.median(one[side] for one in taken):.1f}" for side in (0, 1))


@flow
def plain_programme(batch: str, size: int) -> None:
    """Take many steps; the last one fails the first time."""
    for number in range(size):
        plain(batch, number)
    _stumble(batch)
    plain(batch, size)


@flow
def our_programme(job: Job, size: int) -> None:
    """Settle two cells: one of many steps, and one that fails the first time."""

    def cell_flow(cell: str) -> Any:
        @flow(name=f"bed {cell.replace('/', ' ')}", validate_parameters=False)
        def one(job: Job, given: dict[str, str]) -> int:
            for number in range(size if cell == FIRST else 0):
                ours(job.run, job.content, number)
            if cell == LAST:
                _stumble(job.run.id)
            return size

        return one

    wrapper.cell_flow = cell_flow
    wrapper.settle(job, (FIRST, LAST), built=(FIRST, LAST))


def _stumble(who: str) -> None:
    if who not in failing:
        failing.add(who)
        raise RuntimeError(who)


def _let_write_down() -> None:
    """Wait until the server has written down all that it was told: it lags behind by seconds.

    Whoever asks it before measures how busy it is with the first time.
    """
    plane = ControlPlane(os.environ["PREFECT_API_URL"], os.environ["PREFECT_API_AUTH_STRING"])
    before = None
    while (known := plane.ask("/task_runs/count", {})) != before:
        before = known
        time.sleep(_LAG_SECONDS)


def _spent() -> float:
    """Seconds of processors that this process took, and those of its children that ended."""
    return sum(os.times()[:4])


def _resumed(flow_to_run: Any, parameters: dict[str, Any]) -> tuple[float, float]:
    """Run a flow, then the same flow run again as a retry.

    Say how long the second time took, by the clock and of processors.
    """
    state = flow_to_run(**parameters, return_state=True)
    with get_client(sync_client=True) as client:
        run_id = state.state_details.flow_run_id
        client.set_flow_run_state(run_id, Scheduled(), force=True)
        again = client.read_flow_run(run_id)
    _let_write_down()
    begun, before = time.perf_counter(), _spent()
    run_flow(flow_to_run, flow_run=again, parameters=parameters, return_type="state")
    return time.perf_counter() - begun, _spent() - before


def resumption(finished: int, rounds: int) -> Iterator[str]:
    """Go on after ``finished`` steps, both ways, and after few: the difference is their cost."""
    taken: dict[str, list[float]] = {"plain": [], "ours": []}
    fixed: dict[str, list[float]] = {"plain": [], "ours": []}
    for _ in range(min(rounds, 3)):
        for size, into in ((FEW, fixed), (finished, taken)):
            batch = uuid.uuid4().hex
            into["plain"].append(_resumed(plain_programme, {"batch": batch, "size": size})[0])
            with a_run() as run:
                job = Job(run, "/bed", "compose", batch)
                into["ours"].append(_resumed(our_programme, {"job": job, "size": size})[0])
    yield f"| going on after | {FEW} steps (fixed cost), s | {finished} steps, s | ms a step |"
    yield "|---|---|---|---|"
    each = {}
    for who, name in (("plain", "plain Prefect retry"), ("ours", "all but the last cell done")):
        few, many = statistics.median(fixed[who]), statistics.median(taken[who])
        each[who] = 1000 * (many - few) / (finished - FEW)
        yield f"| {name} | {few:.2f} | {many:.2f} | {each[who]:.3f} |"
    yield f"\nOurs / plain for each finished step: {each['ours'] / each['plain']:.4f}."


def answer(finished: int) -> Iterator[str]:
    """Ask for a finished programme again, and let Prefect retry as many finished steps."""
    shop = str(CHECKOUT / "examples/shop")
    words = [sys.executable, "-m", "deployments.cli.main", "run", shop, "--quick", "--batch", "bed"]
    first = json.loads(subprocess.run([*words, "--json"], check=True, capture_output=True).stdout)
    ledger = Ledger.here()
    from tasks.tools.ledger import runs  # noqa: PLC0415

    record = runs.find(ledger, first["run"])
    assert record is not None
    lease = Lease.take(ledger, record.platform, record.id)
    run = Run(record.id, record.platform, lease.epoch, record.batch)
    for number in range(finished):
        for event in StepEvent:
            journal.append(ledger, run, "bed", f"bed-{number}", event)
    lease.release()
    begun, before = time.perf_counter(), _spent()
    second = json.loads(subprocess.run([*words, "--json"], check=True, capture_output=True).stdout)
    mine = time.perf_counter() - begun, _spent() - before
    assert second["digest"] == first["digest"]
    theirs = _resumed(plain_programme, {"batch": uuid.uuid4().hex, "size": finished})
    yield "| a finished programme again | s | CPU s |"
    yield "|---|---|---|"
    whole = "`cmi run` with the same batch: the whole command, from the ledger"
    yield f"| {whole} | {mine[0]:.2f} | {mine[1]:.2f} |"
    retried = f"plain Prefect retry of {finished} steps, in a process that runs"
    yield f"| {retried} | {theirs[0]:.2f} | {theirs[1]:.2f} |"
    yield f"\nOurs / plain: {mine[0] / theirs[0]:.2f}, of processors {mine[1] / theirs[1]:.2f}."


def main() -> None:
    """Print one table."""
    part, sizes, rounds, finished = sys.argv[1:]
    if part == "overhead":
        lines = overhead([int(each) for each in sizes.split(",")], int(rounds))
    elif part == "resumption":
        lines = resumption(int(finished), int(rounds))
    else:
        lines = answer(int(finished))
    for line in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
