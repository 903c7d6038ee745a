"""`cmi` as a user runs it, within limits that the system enforces, and measured."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT = Path(__file__).resolve().parents[2]
# A process that needs longer is stuck: waiting does not count as processor time.
PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """How a program ended, what it said, and what it took."""

    code: int
    stdout: str
    stderr: str
    seconds: float  # wall
    processor: float  # user and system, seconds
    megabytes: float  # the largest resident size


def cmi(arguments: Sequence[str], folder: Path, seconds: float, megabytes: int) -> Answer:
    """Run `cmi` in ``folder``; beyond a limit the system ends it, and the code is negative."""
    program = [sys.executable, "-m", "deployments.cli.main", *arguments]
    return measured(program, folder, seconds, megabytes)


def measured(program: Sequence[str], folder: Path, seconds: float, megabytes: int) -> Answer:
    """Run a program to its end, or to that of its limits, and say what it took."""

    def limit() -> None:
        whole = int(seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20, megabytes * 2**20))

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.monotonic()
        child = subprocess.Popen(
            program,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
            preexec_fn=limit,  # noqa: PLW1509  # the tests that run this have one thread
            start_new_session=True,
        )
        status, usage = _wait(child.pid, begin + min(PATIENCE, 30 + 6 * seconds))
        child.returncode = os.waitstatus_to_exitcode(status)
        took = time.monotonic() - begin
        said, complained = _text(out), _text(err)
    processor = usage.ru_utime + usage.ru_stime
    peak = usage.ru_maxrss / 1024
    return Answer(child.returncode, said, complained, took, processor, peak)


def _text(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")


def _wait(pid: int, deadline: float) -> tuple[int, resource.struct_rusage]:
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            return status, usage
        if time.monotonic() > deadline:
            os.killpg(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            return status, usage
        time.sleep(0.01)


def lines(document: dict[str, Any]) -> list[str]:
    """Put what `cmi check --json` found, and what it could not read, into one line each."""
    found = []
    for each in document.get("findings", ()):
        where = f"{each['where']['file']}:{each['where']['line']}"
        found.append(f"finding {each['check']} {where}: {each['message']}")
    found += [f"unread {e['file']}:{e['line']}: {e['reason']}" for e in document.get("unread", ())]
    found += [f"not assessed {e['what']}: {e['reason']}" for e in document.get("not_assessed", ())]
    return found


def noticed(log: dict[str, Any]) -> list[str]:
    """Give the texts of a SARIF log's notices."""
    invocations = (each for run in log["runs"] for each in run["invocations"])
    return [n["message"]["text"] for i in invocations for n in i["toolExecutionNotifications"]]


def document_of(answer: Answer) -> dict[str, Any]:
    """Parse the one JSON document of an answer; empty when there is none."""
    try:
        document: dict[str, Any] = json.loads(answer.stdout)
    except ValueError:
        return {}
    return document
