"""Whatever dies, whenever: the run goes on, no finished step runs again, the digest holds."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kills.chains import reference
from tests.kills.plan import sample
from tests.kills.record import Record
from tests.kills.report import render
from tests.kills.seeds import seed
from tests.kills.site import Site, settle
from tests.stack.rig import Platforms, wait_until

if TYPE_CHECKING:
    import subprocess

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]


def kill(stack: Platforms, run: str) -> None:
    processes = stack.flow_processes(run)
    assert processes
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def begin(stack: Platforms, shop: Path) -> tuple[str, subprocess.Popen[str]]:
    before = getattr(stack.newest(shop), "id", "")
    process = stack.cmi("run", str(shop), "--recompute", "--fresh", "--json")
    run = wait_until("a new run", lambda: (r := stack.newest(shop)) and r.id != before and r.id)
    return str(run), process


def test_a_programme_killed_anywhere_ends_as_if_nothing_had_happened(
    stack: Platforms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, record = Site(stack.state, tmp_path / "work", "quick"), Record(tmp_path / "record.jsonl")
    try:
        site.start()
        reference(site, record)
        sample(site, record, seed())
        settle(site, record)
    finally:
        site.leave()
        with capsys.disabled():
            sys.stdout.write(f"\nseed {seed()}\n{render(record, 'a sample')}")
    ends = [row for row in record.of("end") if "not_assessed" not in row]
    assert len(ends) >= 5
    assert [row["faults"] for row in ends if row["faults"]] == []
    struck = record.of("kill") + [row for row in ends if "trap" in row]
    assert all(row["live"] for row in struck)
    left = record.of("swept")[-1]
    assert {name: left[name] for name in ("running", "orphans", "leases")} == {
        "running": 0,
        "orphans": [],
        "leases": 0,
    }


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
    kill(stack, run)

    wait_until("the run finished by itself", lambda: _finished(stack, run))

    assert stack.repeated(run) == []


def _at_work(stack: Platforms) -> list[str]:
    return [name for name in stack.running() if not name.startswith("sweep")]


def test_a_worker_that_is_drained_hands_over_and_leaves_no_zombie(
    stack: Platforms, shop: Path
) -> None:
    run, follower = begin(stack, shop)
    wait_until("five steps", lambda: stack.committed(run) >= 5, story=lambda: stack.story(run))
    (worker,) = [each for each in stack.stack().services if each.name == "worker"]
    os.kill(worker.process.pid, signal.SIGTERM)  # as a node that is drained does
    wait_until("the worker has ended", lambda: not worker.process.alive)
    wait_until("nobody works on the run", lambda: not stack.flow_processes(run))
    follower.kill()
    follower.communicate()

    answer = stack.done(stack.cmi("run", str(shop), "--json"))

    assert answer["run"] == run
    assert stack.repeated(run) == []
    assert stack.state_of(run) == "COMPLETED"
    # The sweep, which has a schedule, takes what the drained worker left open.
    wait_until("no zombie is left", lambda: not _at_work(stack))


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
    answers = [stack.done(follower, beside=4) for follower in followers]

    assert len({answer["run"] for answer in answers}) == 5
    assert len({answer["digest"] for answer in answers}) == 1
    log = (stack.state / "logs/server.log").read_text(errors="replace")
    assert " 503 " not in log
