"""`./start-project.sh test`: everything that proves this checkout works on this machine."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.speech import say
from tasks.tools.command import base_environment, run_attached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployments.local.layout import Layout

_LOOKS = 3
# One process starts stacks and waits for them, the others do the rest (tests/conftest.py).
_PROCESSES = ("-n", "logical", "--maxprocesses=4", "--dist=loadgroup", "--no-loadscope-reorder")


def prove(layout: Layout, arguments: Sequence[str]) -> int:
    """Measure the start-up of `cmi check`, then run the suite; pytest's last line is ours.

    The suite works in a state folder of its own: the user's stack is neither used nor disturbed.
    """
    seconds = min(_check_seconds(layout) for _ in range(_LOOKS))
    say(f"cmi check examples/shop answers in {seconds:.2f} s (best of {_LOOKS}).")
    with tempfile.TemporaryDirectory(prefix="cmi-test-") as folder:
        hidden = ("PREFECT_", "CMI_LEDGER", "CMI_STATE")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
        return run_attached(
            sys.executable,
            *("-m", "pytest", "-p", "no:cacheprovider", "--durations=10", *_PROCESSES, *arguments),
            env=environment | {"CMI_STATE": f"{folder}/state"},
            cwd=layout.checkout,
        )


def _check_seconds(layout: Layout) -> float:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cmi-test-") as folder:
        run_attached(
            sys.executable,
            *("-m", "deployments.cli.main", "check", "examples/shop", "--fail-on", "none"),
            env=base_environment(PYTHONPATH=str(layout.checkout)),
            cwd=layout.checkout,
            answer=Path(folder) / "answer",
        )
    return time.monotonic() - began
