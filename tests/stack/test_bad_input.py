"""What befalls a run from outside: one sentence with a remedy, nothing lost, nothing twice."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from deployments.cli.main import call
from tests.kills.faults import read_only
from tests.stack.rig import PATIENCE_SECONDS, wait_until

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.stack.rig import Platforms

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
COMPOSE = "services:\n  web:\n    image: nginx\n  db:\n    image: postgres:9.6\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Write a platform of two services: what is required here does not grow with its size."""
    (tmp_path / "small").mkdir()
    (tmp_path / "small/compose.yaml").write_text(COMPOSE)
    return tmp_path / "small"


def foreground(stack: Platforms, place: Path) -> subprocess.Popen[str]:
    return stack.cmi("run", str(place), "--foreground", "--quick", "--recompute", "--json")


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any], str]:
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in err
    return process.returncode, json.loads(out), err.splitlines()[-1]


def begun(stack: Platforms, place: Path, steps: int = 1) -> str:
    run = wait_until("a run", lambda: (r := stack.newest(place)) and r.state == "open" and r.id)
    wait_until(f"{steps} steps", lambda: stack.committed(run) >= steps)
    return str(run)


def whole(folder: Path) -> tuple[int, str]:
    """Tell a published bundle by its place on the disk and by every byte of it."""
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return folder.stat().st_ino, digest.hexdigest()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_state_folder_that_lets_nobody_write_is_named(
    small: Path,
    lang: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "state").mkdir()
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    with read_only(tmp_path / "state") as how:
        if not how:
            pytest.skip("nothing can be mounted here")

        code = call(["run", str(small), "--json", "--lang", lang])

    (reason,) = json.loads(capsys.readouterr().out)["exit"]["reasons"]
    assert code == 2
    assert str(tmp_path / "state") in reason
    assert ("Get the right to it" in reason) is (lang == "en")
    assert not list((tmp_path / "state").iterdir())


def test_results_and_bundles_that_find_a_disk_read_only_end_in_a_sentence_and_go_on_later(
    stack: Platforms, small: Path
) -> None:
    process = foreground(stack, small)
    run = begun(stack, small)
    with read_only(stack.state / "results") as how:
        if not how:
            process.kill()
            pytest.skip("nothing can be mounted here")
        code, document, said = ended(process)
        assert (code, document["exit"]["code"]) == (2, 2), said
        assert "could not be stored" in said
    (stack.state / "bundles").mkdir(exist_ok=True)
    with read_only(stack.state / "bundles"):
        code, document, said = ended(foreground(stack, small))
        assert (code, document["exit"]["code"]) == (2, 2), said
        assert str(stack.state / "bundles") in said

    code, document, _ = ended(foreground(stack, small))

    assert (code, document["run"]) == (0, run)
    assert stack.repeated(run) == []


def test_a_platform_that_vanished_while_its_run_waited_is_said_and_a_changed_one_is_replanned(
    stack: Platforms, small: Path
) -> None:
    stack.cmi("run", str(small), "--quick", "--recompute", "--json")
    run = str(wait_until("the run is written down", lambda: stack.newest(small)).id)
    stopped = stack.cmi("interrupt", run, "--kind", "market", "--reason", "a rival")
    assert stopped.wait(timeout=PATIENCE_SECONDS) == 0

    def in_state(*states: str) -> bool:
        return bool(stack.record(run).flow_run) and stack.state_of(run) in states

    wait_until("it waits", lambda: in_state("PAUSED"), story=lambda: stack.story(run))
    away = small.rename(small.with_name("away"))
    words = ("decide", run, "--choice", "resume", "--reason", "we go on", "--by", "kim", "--json")
    decided = ended(stack.cmi(*words))
    wait_until(
        "the run noticed", lambda: in_state("FAILED", "CRASHED"), story=lambda: stack.story(run)
    )
    code, document, said = ended(stack.cmi("resume", run, "--json"))
    assert (decided[0], code, document["exit"]["code"]) == (0, 2, 2)
    assert str(small) in said
    assert stack.record(run).state == "open"

    back = away.rename(small)
    (back / "compose.yaml").write_text(f"{COMPOSE}  cache:\n    image: redis\n")
    code, document, _ = ended(stack.cmi("resume", run, "--json"))

    index = json.loads((stack.state / "bundles" / run / "bundle.json").read_text())
    assert (code, document["run"]) == (0, run)
    assert "cache" in {each["name"] for each in index["platform"]["services"]}
    assert [each["answer"]["by"] for each in index["decisions"]] == ["kim"]
    assert stack.repeated(run) == []


def test_a_writer_that_slept_through_its_lease_writes_nothing_any_more(
    stack: Platforms, small: Path
) -> None:
    sleeper = foreground(stack, small)
    run = begun(stack, small)
    sleeper.send_signal(signal.SIGSTOP)
    platform = stack.record(run).platform
    _drop_lock(stack, platform)
    wait_until("nobody holds it", lambda: not stack.alive(run))

    code, document, _ = ended(foreground(stack, small))
    folder = stack.state / "bundles" / run
    published, lines, record = whole(folder), stack.lines(run), stack.record(run)
    sleeper.send_signal(signal.SIGCONT)
    late, _, said = ended(sleeper)

    assert (code, document["run"]) == (0, run)
    assert late == 5, said
    assert run in said
    assert whole(folder) == published
    assert stack.lines(run) == lines
    assert stack.record(run) == record
    epochs = [line.epoch for line in lines]
    assert epochs == sorted(epochs)


def _drop_lock(stack: Platforms, platform: str) -> None:
    """End the connection that proves that the owner lives, as a lost network would."""
    from tasks.tools.ledger.leases import lock_key  # noqa: PLC0415  # drivers take a while

    key = lock_key(platform) % 2**64
    with psycopg.connect(stack.stack().ledger_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND classid::bigint = %s AND objid::bigint = %s",
            (key >> 32, key & 0xFFFF_FFFF),
        )


def test_several_who_resume_one_run_at_once_take_it_up_once(stack: Platforms, small: Path) -> None:
    first = foreground(stack, small)
    run = begun(stack, small)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    before = stack.record(run).flow_run

    resumers = [stack.cmi("resume", run, "--json") for _ in range(3)]
    answers = [ended(each) for each in resumers]

    assert [code for code, _, _ in answers] == [0, 0, 0], answers
    assert len({document["digest"] for _, document, _ in answers}) == 1
    assert stack.repeated(run) == []
    epochs = {line.epoch for line in stack.lines(run)}
    assert len(epochs) <= 2
    with stack.client() as client:
        taken = [
            each
            for each in client.read_flow_runs(limit=50)
            if (each.parameters or {}).get("run") == run and str(each.id) != before
        ]
    assert len(taken) == 1
