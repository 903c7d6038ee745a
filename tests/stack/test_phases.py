"""Phases alone, cells as runs of their own, platforms by name: by Prefect's own commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psutil
import pytest

from tests.stack.rig import CHECKOUT, wait_until

if TYPE_CHECKING:
    from tests.stack.rig import Platforms

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

CELLS = {
    "theory": {"theory/distributed"},
    "build": {"build/security"},
    # By way of build/edge, which is not built, it stands on the distributed theory too.
    "verify": {"theory/distributed", "build/security", "verify/integration"},
    "optimise": {
        "theory/distributed",
        "build/security",
        "verify/integration",
        "optimise/harden",
        "optimise/training",
    },
}


def prefect(stack: Platforms, *words: str) -> str:
    """Type a command of Prefect as somebody does after `eval "$(./start-project.sh env)"`."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *words],
        env=os.environ | stack.stack().environment(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def submit(stack: Platforms, deployment: str, platform: str, *more: str) -> str:
    """Submit a run and return its id."""
    given = [word for each in (f"platform={platform}", *more) for word in ("-p", each)]
    said = prefect(stack, "deployment", "run", deployment, *given)
    return next(word for word in said.split() if _is_id(word))


def _is_id(word: str) -> bool:
    with suppress(ValueError):
        return bool(UUID(word))
    return False


def ended(stack: Platforms, run: str) -> Any:
    with stack.client() as client:
        wait_until(
            "the run ended", lambda: (s := client.read_flow_run(UUID(run)).state) and s.is_final()
        )
        return client.read_flow_run(UUID(run)).state


def done(record: Any) -> set[str]:
    return {each["cell"] for each in record.outcome["cells"] if each["state"] == "done"}


@pytest.mark.parametrize("phase", CELLS)
def test_a_phase_alone_computes_what_it_stands_on(stack: Platforms, shop: Path, phase: str) -> None:
    run = submit(stack, f"{phase}/local", str(shop))
    state = ended(stack, run)

    assert state.is_completed(), state.message
    record = stack.record(run)
    assert record.state == "finished"
    assert done(record) == CELLS[phase]
    assert bool(record.outcome["bundle"]) is (phase == "optimise")


def test_a_phase_without_a_platform_ends_in_a_sentence(stack: Platforms, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Nothing runs here.\n")

    state = ended(stack, submit(stack, "verify/local", str(tmp_path)))

    assert state.is_failed()
    assert "No platform definition found" in state.message


def test_a_programme_is_not_taken_for_done_because_a_phase_of_its_batch_is(
    stack: Platforms, shop: Path
) -> None:
    ended(stack, submit(stack, "theory/local", str(shop), "batch=night"))

    answer = stack.done(stack.cmi("run", str(shop), "--batch", "night", "--json"))

    assert Path(answer["bundle"]).is_dir()


def test_a_platform_is_found_by_the_name_of_its_block(stack: Platforms, shop: Path) -> None:
    script = (
        "import sys; from blocks.platform import PlatformSource as P;"
        " P(path=sys.argv[1], entry='compose.yaml').save('the-shop', overwrite=True)"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(shop)],
        env=os.environ | stack.stack().environment() | {"PYTHONPATH": str(CHECKOUT)},
        timeout=60,
        check=True,
    )

    state = ended(stack, run := submit(stack, "theory/local", "the-shop"))

    assert state.is_completed(), state.message
    assert stack.record(run).source == str(shop)


def test_cells_as_runs_of_their_own_give_the_same_digest_and_ledger_even_when_one_is_killed(
    stack: Platforms, shop: Path
) -> None:
    inline = submit(stack, "programme/local", str(shop), "recompute=true")
    assert ended(stack, inline).is_completed()

    apart = submit(stack, "programme/local", str(shop), "recompute=true", "cells=deployments")
    victim = wait_until("a cell's process", lambda: _cell_process(stack, apart))
    wait_until("three steps", lambda: stack.committed(apart) >= 3)
    os.kill(victim.pid, signal.SIGKILL)
    state = ended(stack, apart)

    assert state.is_completed(), state.message
    assert stack.repeated(apart) == []
    assert stack.record(apart).outcome["digest"] == stack.record(inline).outcome["digest"]
    assert done(stack.record(apart)) == done(stack.record(inline))
    assert _steps(stack, apart) == _steps(stack, inline)
    assert _cells(stack, apart) == _cells(stack, inline)
    killed = [each for each in _cell_runs(stack, apart) if each.run_count > 1]
    assert [each.state.is_completed() for each in killed] == [True]


def _steps(stack: Platforms, run: str) -> list[str]:
    return sorted(line.step for line in stack.lines(run) if line.event == "committed")


def _cells(stack: Platforms, run: str) -> list[str]:
    from sqlalchemy import text  # noqa: PLC0415

    with stack.ledger().engine.connect() as connection:
        rows = connection.execute(text("SELECT cell FROM cmi.cells WHERE run = :run"), {"run": run})
        return sorted(row[0] for row in rows)


def _cell_runs(stack: Platforms, run: str) -> Any:
    from prefect.client.schemas.filters import (  # noqa: PLC0415
        FlowFilter,
        FlowFilterName,
        FlowRunFilter,
        FlowRunFilterParentFlowRunId,
    )

    with stack.client() as client:
        return client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=["cell"])),
            flow_run_filter=FlowRunFilter(
                parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[UUID(run)])
            ),
        )


def _cell_process(stack: Platforms, run: str) -> psutil.Process | None:
    """Find the process of build/security, while it works."""
    wanted = {str(each.id) for each in _cell_runs(stack, run) if each.name == "build/security"}
    for process in psutil.process_iter(["environ"]):
        if (process.info["environ"] or {}).get("PREFECT__FLOW_RUN_ID", "") in wanted:
            return process
    return None
