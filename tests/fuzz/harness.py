"""One door under the fuzzer, in a process of its own; started by `python -m tests.fuzz`.

    python -m tests.fuzz.harness DOOR CORPUS FINDINGS SECONDS

Coverage guides the inputs (atheris). Oracles: no exception but the door's own, and the
budgets of time and memory. A finding is written down, and the search goes on; only a hang
ends the process, and whoever started it starts it again.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 16_384  # bytes of an input
SECONDS = 5.0  # of processor time for one, which is instrumented and therefore slow
HANG = 30  # seconds; whatever takes longer is ended from outside
MEGABYTES = 1024


def watched(enter: Callable[[bytes], None], findings: Path) -> Callable[[bytes], None]:
    """Wrap a door: what it must not do becomes a file, once for each place in the code."""

    def one(data: bytes) -> None:
        begin = time.process_time()
        try:
            enter(data)
        except Exception as error:  # noqa: BLE001  # whatever comes out is a finding
            keep(findings, _place(error), data, "".join(traceback.format_exception(error)))
        took = time.process_time() - begin
        if took > SECONDS:
            keep(findings, "slow", data, f"took {took:.1f} s of {SECONDS:.0f}\n")

    return one


def _place(error: Exception) -> str:
    """Name the line of the code that raised: findings of one line are one."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "/tasks/" in each.filename or "/tests/" in each.filename]
    last = (ours or frames)[-1]
    return f"{type(error).__name__}-{Path(last.filename).stem}-{last.lineno}"


def keep(findings: Path, name: str, data: bytes, said: str) -> None:
    """Write a finding down, unless a shorter input says the same already."""
    findings.mkdir(parents=True, exist_ok=True)
    path = findings / f"{name}.input"
    if path.exists() and path.stat().st_size <= len(data):
        return
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()[:12]
    path.with_suffix(".txt").write_text(f"{digest}\n{said}", encoding="utf-8")


def main(name: str, corpus: str, findings: str, seconds: str) -> None:
    """Fuzz the door ``name`` for some seconds."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["tasks.domain"]):
        doors = importlib.import_module("tests.fuzz.doors").DOORS
    door = next(each for each in doors if each.name == name)
    words = Path(corpus).with_name("words.txt")
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LARGEST}",
        f"-timeout={HANG}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-artifact_prefix={findings}/",
        f"-dict={words}",
        "-print_final_stats=1",
        "-reload=0",
        corpus,
    ]
    door.enter(b"")  # whatever is loaded at first use is not the first input's time
    door.enter(b"services:\n  web:\n    image: a\n")
    atheris.Setup([sys.argv[0], *options], watched(door.enter, Path(findings)))
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
