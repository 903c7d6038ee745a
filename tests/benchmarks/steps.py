"""What our durability costs: our step beside a plain persisted Prefect task, in the same run.

    .venv/bin/python -m tests.benchmarks.steps [--sizes 100,1000,10000] [--rounds 5]

Starts a stack of its own (PostgreSQL, Prefect's server), prints tables in Markdown, removes it.
Nothing here asserts a time: a machine that does something else at once would decide. Both kinds
of step take turns, so that what else the machine does meets both.
"""

from __future__ import annotations

import argparse
import os
import platform as machine
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.beds import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is measured, each in a process of its own.
PARTS = ("overhead", "resumption", "answer")


@contextmanager
def a_stack() -> Iterator[dict[str, str]]:
    """Start a stack in a folder of its own; give what its clients must be told."""
    with tempfile.TemporaryDirectory(prefix="cmi-bench-") as folder:
        os.environ["CMI_STATE"] = str(Path(folder) / "state")
        from deployments.local.cleanup import clean_up  # noqa: PLC0415  # reads CMI_STATE when it acts
        from deployments.local.start import ensure_stack  # noqa: PLC0415

        try:
            yield os.environ | ensure_stack(lambda _: None).environment()
        finally:
            clean_up(everything=True)


def head() -> str:
    """Say when and on what is measured."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.1f}, {machine.system()} {machine.release()}, "
        f"Python {machine.python_version()}\n\n"
    )


def main() -> None:
    """Print what was asked for."""
    reader = argparse.ArgumentParser(prog="python -m tests.benchmarks.steps")
    reader.add_argument("--sizes", default="100,1000,10000")
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--finished", type=int, default=1000)
    reader.add_argument("--parts", default=",".join(PARTS))
    asked = reader.parse_args()
    sys.stdout.write(head())
    sys.stdout.flush()
    told = [asked.sizes, str(asked.rounds), str(asked.finished)]
    with a_stack() as environment:
        for part in asked.parts.split(","):
            command = [sys.executable, "-m", "tests.benchmarks.beds", part, *told]
            quiet = {
                "PREFECT_LOGGING_LEVEL": "INFO",
                "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR",
            }
            subprocess.run(command, cwd=CHECKOUT, env=environment | quiet, check=True)


if __name__ == "__main__":
    main()
