"""SIGKILL anywhere, any time: the run goes on, no finished step runs again, the digest holds."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest
from prefect.states import AwaitingRetry

from tests.stack.rig import Platforms, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

# Each kill costs 15 to 30 s on two cores: two of each kind by default, twenty with CMI_KILLS=20,
# which took nine minutes on a busy machine.
KILLS = int(os.environ.get("CMI_KILLS", "20"))
SEED = int(os.environ.get("CMI_KILL_SEED", "3"))
VICTIMS = ("flow", "worker", "server", "database")
WAYS = ("the same command", "cmi resume", "retry in the UI", "the automation")
# A run over the shop commits about 40 steps; how many more are committed before the next kill.
STEPS_BETWEEN = (3, 9)
# Nothing is left to kill near the end of a run.
LAST_STEPS = 30


def kill(stack: Platforms, run: str, victim: str) -> None:
    pids = (
        [process.pid for process in stack.flow_processes(run)]
        if victim == "flow"
        else [stack.pid(victim)]
    )
    assert pids
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def leave(process: subprocess.Popen[str]) -> None:
    """Stop following; the run is not the follower's."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def retry(stack: Platforms, run: str) -> None:
    """Do what the UI's Retry does, once its pages are there again: AwaitingRetry, without force."""
    from deployments.local.start import ensure_stack  # noqa: PLC0415  # reads CMI_STATE when it acts

    ensure_stack(lambda _: None)
    wait_until("the run ended", lambda: stack.state_of(run) in {"CRASHED", "FAILED"})
    with stack.client() as client:
        client.set_flow_run_state(UUID(stack.record(run).flow_run), AwaitingRetry())


def begin(stack: Platforms, shop: Path) -> tuple[str, subprocess.Popen[str]]:
    before = getattr(stack.newest(shop), "id", "")
    process = stack.cmi("run", str(shop), "--recompute", "--fresh", "--json")
    run = wait_until("a new run", lambda: (r := stack.newest(shop)) and r.id != before and r.id)
    return str(run), process


def go_on(stack: Platforms, shop: Path, run: str, way: str) -> subprocess.Popen[str]:
    if way == "retry in the UI":
        retry(stack, run)
    if way == "cmi resume":
        return stack.cmi("resume", run, "--json")
    return stack.cmi("run", str(shop), "--recompute", "--json")


def test_kills_at_seeded_moments_lose_nothing_repeat_nothing_and_change_nothing(
    stack: Platforms, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    expected = stack.done(stack.cmi("run", str(shop), "--recompute", "--fresh", "--json"))["digest"]
    victims = [VICTIMS[number % len(VICTIMS)] for number in range(KILLS)]
    chance.shuffle(victims)
    killed: list[str] = []
    while len(killed) < KILLS:
        run, follower = begin(stack, shop)
        while len(killed) < KILLS and _moment(stack, run, chance, killed):
            victim = victims[len(killed)]
            ways = WAYS[:3] if victim == "flow" else WAYS[:2]
            leave(follower)  # or it would take the run up again by itself
            if not stack.alive(run):
                break  # it finished meanwhile: no kill, nothing to count
            way = chance.choice(ways)
            killed.append(f"{time.strftime('%H:%M:%S')} {run} {victim}, then {way}")
            follower, seconds = _kill_and_go_on(stack, shop, run, victim, way)
            with capsys.disabled():
                sys.stdout.write(f"\n{killed[-1]}: goes on after {seconds:.1f} s")
        if follower.returncode is not None:
            follower = go_on(stack, shop, run, "cmi resume")
        _ended_well(stack, run, follower, expected, killed)
    assert {victim for victim in VICTIMS if any(f" {victim}," in each for each in killed)} == set(
        VICTIMS
    )


def _kill_and_go_on(
    stack: Platforms, shop: Path, run: str, victim: str, way: str
) -> tuple[subprocess.Popen[str], float]:
    """Kill, give the command, and measure the seconds from the kill to the next step's line."""
    lines = stack.lines(run)
    epoch = max(line.epoch for line in lines)
    kill(stack, run, victim)
    begun = time.monotonic()
    follower = go_on(stack, shop, run, way)

    def goes_on() -> bool:
        now = stack.lines(run)
        # A process that was killed may have written a line since we looked; its epoch ended.
        fresh = (
            any(line.epoch > epoch for line in now) if victim == "flow" else len(now) > len(lines)
        )
        return fresh or _finished(stack, run)

    wait_until(f"{run} goes on after {victim}", goes_on, story=lambda: stack.story(run))
    return follower, time.monotonic() - begun


def _ended_well(
    stack: Platforms, run: str, follower: subprocess.Popen[str], expected: str, killed: list[str]
) -> None:
    """The digest is that of an uninterrupted run, and nothing finished ran again."""
    told = "\n".join(killed)
    try:
        digest = stack.done(follower)["digest"]
    except (AssertionError, subprocess.TimeoutExpired) as error:
        pytest.fail(f"{error}\n{told}\n{stack.story(run)}")
    assert digest == expected, told
    assert stack.repeated(run) == [], told


def _moment(stack: Platforms, run: str, chance: random.Random, killed: list[str]) -> bool:
    """Wait for the next seeded moment of a live run; False when it is too late for another kill."""

    def story() -> str:
        return "\n".join([*killed, stack.story(run)])

    wait_until("the run works", lambda: stack.alive(run) or _finished(stack, run), story=story)
    target = stack.committed(run) + chance.randint(*STEPS_BETWEEN)
    if target > LAST_STEPS:
        return False
    wait_until(
        f"{target} steps",
        lambda: stack.committed(run) >= target or _finished(stack, run),
        story=story,
    )
    return bool(stack.alive(run))


def _finished(stack: Platforms, run: str) -> bool:
    return bool(stack.record(run).state == "finished")


def test_the_automation_resumes_a_crashed_run_by_itself(stack: Platforms, shop: Path) -> None:
    with stack.client() as client:
        deployment = client.read_deployment_by_name("programme/nightly")
        flow_run = client.create_flow_run_from_deployment(
            deployment.id, parameters={"platform": str(shop), "recompute": True}
        )
    run = str(flow_run.id)
    wait_until("the run is known", lambda: stack.record(run))
    wait_until("five steps", lambda: stack.committed(run) >= 5)
    kill(stack, run, "flow")

    wait_until("the run finished by itself", lambda: _finished(stack, run))

    assert stack.repeated(run) == []


def test_a_second_programme_on_a_platform_is_refused_with_the_holders_id(
    stack: Platforms, shop: Path
) -> None:
    run, follower = begin(stack, shop)
    wait_until("the run works", lambda: stack.alive(run))

    second = stack.cmi("run", str(shop), "--batch", "another", "--json")
    _, said = second.communicate(timeout=60)

    assert second.returncode == 5
    assert run in said
    assert stack.done(follower)["run"] == run


def test_five_platforms_at_once_lose_no_run(stack: Platforms, shop: Path, tmp_path: Path) -> None:
    shops = [Path(shutil.copytree(shop, tmp_path / f"shop-{number}")) for number in range(5)]
    followers = [stack.cmi("run", str(each), "--recompute", "--json") for each in shops]
    answers = [stack.done(follower) for follower in followers]

    assert len({answer["run"] for answer in answers}) == 5
    assert len({answer["digest"] for answer in answers}) == 1
    log = (stack.state / "logs/server.log").read_text(errors="replace")
    assert " 503 " not in log


def test_after_a_power_loss_start_repairs_and_the_sweep_leaves_nothing_running(
    stack: Platforms, shop: Path
) -> None:
    run, follower = begin(stack, shop)
    wait_until("five steps", lambda: stack.committed(run) >= 5)
    everything = [stack.pid(name) for name in ("worker", "server", "database")]
    everything += [process.pid for process in stack.flow_processes(run)]
    everything += [child.pid for pid in everything for child in _children(pid)]
    for pid in {*everything, follower.pid}:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    follower.communicate(timeout=60)

    _start(stack)

    assert not stack.running()["flow_runs"]
    assert not stack.running()["task_runs"]
    assert stack.done(stack.cmi("resume", run, "--json"))["run"] == run
    assert stack.repeated(run) == []


def _children(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []


def _start(stack: Platforms) -> None:
    """Start what died, as the next command would, and wait for the sweep that this entails."""
    from deployments.local.start import ensure_stack  # noqa: PLC0415  # reads CMI_STATE when it acts

    begun = datetime.now(UTC)
    ensure_stack(lambda _: None)
    wait_until(
        "the sweep of this start ended, and no other one works",
        lambda: (
            (sweeps := _sweeps(stack))
            and any(each.created > begun and not each.auto_scheduled for each in sweeps)
            and all(
                each.state.is_final() or (each.auto_scheduled and each.state.is_scheduled())
                for each in sweeps
                if each.created > begun
            )
        ),
    )


def _sweeps(stack: Platforms) -> Any:
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName  # noqa: PLC0415

    with stack.client() as client:
        return client.read_flow_runs(flow_filter=FlowFilter(name=FlowFilterName(any_=["sweep"])))
