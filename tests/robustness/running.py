"""`cmi` as a user runs it, within limits that the system enforces, and measured."""

from __future__ import annotations

import json
import os
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
_LAUNCHER = Path(__file__).with_name("launcher.py")
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
    limits = (str(int(seconds) + 1), str(megabytes * 2**20))
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        tempfile.NamedTemporaryFile("r", encoding="ascii") as report,
    ):
        begin = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-S", str(_LAUNCHER), *limits, report.name, *program],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        _wait(child, min(PATIENCE, 30 + 6 * seconds))
        took = time.monotonic() - begin
        code, processor, peak = (report.read() or f"{-signal.SIGKILL} {seconds} 0").split()
        said, complained = _text(out), _text(err)
    return Answer(int(code), said, complained, took, float(processor), float(peak))


def _text(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")


def _wait(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for the end; a program that is stuck is ended with all that it started."""
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


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
