"""What a copy costs while it is idle: its own work, its checks, and the engine's for them."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.tools.live.idling import foreign, idle
from tasks.tools.live.standing import Standing
from tasks.tools.live.usage import usage

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

# Work in the command of the check alone, a second after the last one ended.
BURNS = "grep -c q" + 40 * " /bin/busybox"
SECONDS = 6.0


def costs(engine: Engine, ready: Ready, check: dict[str, object]) -> tuple[float, float]:
    """Cores of a copy whose store has this check: all, and those of its containers."""
    services = {**ready.model["services"]}
    services["store"] = {**services["store"], "healthcheck": check}
    standing = Standing(
        engine, replace(ready, model={**ready.model, "services": services}).without({})
    )
    standing.apply()
    try:
        inside, began = usage(engine, standing.key).cpu, time.monotonic()
        found = idle(engine, standing.key, SECONDS)
        taken = usage(engine, standing.key).cpu - inside
        assert found.whole
        return found.cores, taken / (time.monotonic() - began)
    finally:
        standing.undo()


@pytest.mark.engine
def test_a_check_that_works_hard_each_second_costs_what_it_does_and_what_starting_it_takes(
    engine: Engine, ready: Ready
) -> None:
    seldom: dict[str, object] = {"test": ["CMD", "ls"], "interval": "1m", "start_interval": "1s"}
    seldom["start_period"] = "30s"
    _, calm = costs(engine, ready, seldom)
    whole, inside = costs(
        engine, ready, {"test": ["CMD", "sh", "-c", BURNS], "interval": "1s", "timeout": "9s"}
    )

    # Other tests may make the engine work, so the whole is compared with its own part only.
    assert inside > calm + 0.02
    assert whole > inside


def test_programs_of_others_are_known_by_what_they_spent(tmp_path: Path) -> None:
    work = subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"])
    try:
        before = foreign(())
        time.sleep(0.5)
        after = foreign(())
    finally:
        work.kill()
        work.wait()

    assert after[work.pid] > before[work.pid]
    assert os.getpid() in after
    assert work.pid not in foreign(())


@pytest.mark.parametrize(
    ("name", "group", "counted"),
    [
        ("python3 (x) y", "0::/user.slice", True),
        ("dockerd", "0::/system.slice", False),
        ("containerd-shim", "0::/", False),
        ("redis-server", f"4:memory:/docker/{'ab' * 32}", False),
        ("redis-server", f"0::/system.slice/docker-{'ab' * 32}.scope", False),
        ("redis-server", f"0::/docker/{'cd' * 32}", True),
    ],
)
def test_the_engine_and_what_is_in_containers_of_the_copy_are_no_others(
    tmp_path: Path, name: str, group: str, counted: bool
) -> None:
    process = tmp_path / "17"
    process.mkdir()
    (process / "cgroup").write_text(f"{group}\n")
    ticks = os.sysconf("SC_CLK_TCK")
    fields = ["S", *["1"] * 10, str(2 * ticks), str(ticks), "9"]
    (process / "stat").write_text(f"17 ({name}) {' '.join(fields)}\n")
    (tmp_path / "meminfo").write_text("")
    (tmp_path / "18").mkdir()  # it ended meanwhile

    assert foreign({"ab" * 32}, tmp_path) == ({17: 3.0} if counted else {})
