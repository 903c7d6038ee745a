"""`make kill-matrix`: the whole matrix; interrupted, the same command goes on."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.tools.command import SHORT_TIMEOUT, run
from tests.kills import engines
from tests.kills.chains import reference
from tests.kills.plan import PARTS, Matrix
from tests.kills.record import Record
from tests.kills.report import render, today
from tests.kills.site import Site, settle
from tests.stack.rig import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> int:
    """Run it, write the page after every part, end cleanly on Ctrl-C."""
    told = _arguments()
    folder = told.out.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    record = Record(folder / "record.jsonl")
    site = Site(folder / "state", folder / "work")
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.append(1))
    deadline = time.monotonic() + told.minutes * 60

    def stop() -> bool:
        _write(record, told.page)
        return bool(stopped) or time.monotonic() > deadline

    site.start()
    if not stop():
        _on_an_engine(site, record, folder / "engine", stop)
    for site.programme in PARTS:
        if not stop():
            reference(site, record)
            Matrix(site, record, told.seed).go(stop)
    settle(site, record)
    _write(record, told.page)
    if stopped or time.monotonic() > deadline:
        sys.stderr.write("Stopped between two points; the same command goes on.\n")
        return 1
    record.add("complete")
    _write(record, told.page)
    site.close()
    rows = [*record.of("end"), *record.of("engine")]
    return int(any(row.get("faults") for row in rows))


def _on_an_engine(site: Site, record: Record, folder: Path, stop: Callable[[], bool]) -> None:
    folder.mkdir(exist_ok=True)
    engines.go(record, folder, site.stack.stack().ledger_url, stop)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make kill-matrix", description=__doc__)
    parser.add_argument("--out", type=Path, default=CHECKOUT / "build/kill-matrix")
    parser.add_argument("--page", type=Path, default=CHECKOUT / "docs/kill-matrix.md")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=24 * 60)
    return parser.parse_args()


def _write(record: Record, page: Path) -> None:
    commit = run("git", "rev-parse", "--short", "HEAD", timeout=SHORT_TIMEOUT, cwd=CHECKOUT)
    made = (
        f"{today()}, commit {commit.stdout.decode().strip()},"
        f" {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    page.write_text(render(record, made), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
