"""`cmi run --foreground`: exits, Ctrl-C and going on, for real; and Ctrl-C while following."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.stack.rig import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.stack.rig import Platforms

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

INTERRUPTED = 130


def foreground(stack: Platforms, shop: Path, *more: str) -> subprocess.Popen[str]:
    return stack.cmi("run", str(shop), "--foreground", "--json", *more)


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any], str]:
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in err
    return process.returncode, json.loads(out), err


def interrupt(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)


def begun(stack: Platforms, shop: Path, steps: int) -> str:
    run = wait_until("a run", lambda: (r := stack.newest(shop)) and r.state == "open" and r.id)
    wait_until(f"{steps} steps", lambda: stack.committed(run) >= steps)
    return str(run)


def test_interrupted_runs_go_on_by_the_same_command_and_repeat_nothing(
    stack: Platforms, shop: Path
) -> None:
    whole = ended(foreground(stack, shop, "--recompute", "--fresh"))
    first = foreground(stack, shop, "--recompute", "--fresh")
    run = begun(stack, shop, steps=4)
    interrupt(first)
    code, document, said = ended(first)

    assert whole[0] == 0
    assert code == document["exit"]["code"] == INTERRUPTED
    assert said.splitlines()[-1] == document["exit"]["reasons"][0]
    assert f"`cmi run {shop} --foreground" in said.splitlines()[-1]
    assert not stack.alive(run)
    committed = stack.committed(run)
    code, document, _ = ended(foreground(stack, shop, "--recompute"))
    assert (code, document["run"], document["digest"]) == (0, run, whole[1]["digest"])
    assert stack.committed(run) > committed
    assert stack.repeated(run) == []


def test_a_second_interrupt_ends_at_once_and_the_run_still_goes_on(
    stack: Platforms, shop: Path
) -> None:
    first = foreground(stack, shop, "--recompute", "--fresh")
    run = begun(stack, shop, steps=4)
    interrupt(first)
    wait_until("it has heard", lambda: first.poll() is not None or _heard(first))
    interrupt(first)
    first.communicate(timeout=20)

    code, document, _ = ended(foreground(stack, shop, "--recompute"))

    assert first.returncode == INTERRUPTED
    assert (code, document["run"]) == (0, run)
    assert stack.repeated(run) == []


def _heard(process: subprocess.Popen[str]) -> bool:
    assert process.stderr is not None
    return "Ctrl-C again" in process.stderr.readline()


def test_a_place_that_takes_no_bundle_is_named_in_one_sentence_and_the_cured_run_goes_on(
    stack: Platforms, shop: Path, tmp_path: Path
) -> None:
    obstacle = tmp_path / "taken"
    again = ("--recompute", "--out", str(obstacle / "bundle"))
    process = foreground(stack, shop, *again)
    begun(stack, shop, steps=2)
    obstacle.write_text("a file where the bundle's folder should be made")

    code, document, said = ended(process)

    assert code == document["exit"]["code"] == 2  # the user's to mend, no fault of ours
    assert "optimise/training" in said.splitlines()[-1]
    assert str(obstacle) in said.splitlines()[-1]
    assert f"`cmi run {shop} --foreground" in said.splitlines()[-1]
    obstacle.unlink()
    code, document, _ = ended(foreground(stack, shop, *again))
    assert code == 0
    assert (obstacle / "bundle/bundle.json").exists()
    assert stack.repeated(document["run"]) == []


def test_exit_codes_are_those_of_a_run_in_a_worker(
    stack: Platforms, shop: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert ended(foreground(stack, tmp_path / "empty"))[0] == 4
    assert ended(foreground(stack, shop, "--fail-on", "low"))[0] == 1
    (shop / "compose.yaml").write_text(
        (shop / "compose.yaml").read_text().replace("services:", "include: [gone.yaml]\nservices:")
    )
    assert ended(foreground(stack, shop))[0] == 3


def test_a_platform_that_is_held_is_refused_with_the_holders_id(
    stack: Platforms, shop: Path
) -> None:
    first = foreground(stack, shop, "--recompute", "--fresh")
    run = begun(stack, shop, steps=1)

    code, document, _ = ended(foreground(stack, shop, "--batch", "another"))

    assert code == 5
    assert run in document["exit"]["reasons"][0]
    assert ended(first)[0] == 0


def test_who_stops_following_leaves_the_run_at_work_and_learns_how_to_come_back(
    stack: Platforms, shop: Path
) -> None:
    process = stack.cmi("run", str(shop), "--recompute", "--fresh", "--json")
    run = begun(stack, shop, steps=2)
    os.kill(process.pid, signal.SIGINT)
    code, document, said = ended(process)

    assert code == INTERRUPTED
    assert f"`cmi resume {run}`" in document["exit"]["reasons"][0]
    assert "Interrupted" not in said
    assert stack.alive(run)
    assert stack.done(stack.cmi("resume", run, "--json"))["run"] == run
    assert stack.repeated(run) == []
