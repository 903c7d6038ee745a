"""`./start-project.sh test`: everything that proves this checkout works on this machine."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.speech import answer, say
from tasks.tools.command import base_environment, run_attached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployments.local.layout import Layout

_LOOKS = 3
_PYTEST = ("-m", "pytest", "-p", "no:cacheprovider", "--durations=10")
# Tests that start services mostly wait: they run beside the others, not before them.
_SERVICES = "stack or browser"
_NONE_COLLECTED = 5  # pytest's code when a half has no test
_COUNTED = re.compile(r"<testsuite [^>]*>")


def prove(layout: Layout, arguments: Sequence[str]) -> int:
    """Measure the start-up of `cmi check`, then run the suite; the last line counts all tests.

    The suite works in a state folder of its own: the user's stack is neither used nor disturbed.
    ``arguments`` are pytest's; with any, there is one pytest, as a developer expects.
    """
    seconds = min(_check_seconds(layout) for _ in range(_LOOKS))
    say(f"cmi check examples/shop answers in {seconds:.2f} s (best of {_LOOKS}).")
    with tempfile.TemporaryDirectory(prefix="cmi-test-") as folder:
        if arguments:
            return _pytest(layout, Path(folder), *arguments)
        return _both_halves(layout, Path(folder))


def _both_halves(layout: Layout, folder: Path) -> int:
    """Run the tests with services beside those without; show the former when both are done."""
    beside, here = folder / "services", folder / "alone"
    for place in (beside, here):
        place.mkdir()
    with ThreadPoolExecutor(max_workers=1) as pool:
        told = beside / "told.txt"
        other = pool.submit(_pytest, layout, beside, "-m", _SERVICES, told=told)
        code = _pytest(layout, here, "-m", f"not ({_SERVICES})")
        codes = {code, other.result()} - {_NONE_COLLECTED}
    answer(told.read_text(encoding="utf-8", errors="replace").rstrip())
    answer(_total([beside, here]))
    return max(codes, default=0)


def _pytest(layout: Layout, folder: Path, *arguments: str, told: Path | None = None) -> int:
    report = ("--junit-xml", str(folder / "junit.xml"))
    return run_attached(
        sys.executable,
        *(*_PYTEST, *report, *arguments),
        env=_environment() | {"CMI_STATE": str(folder / "state")},
        cwd=layout.checkout,
        answer=told,
    )


def _environment() -> dict[str, str]:
    hidden = ("PREFECT_", "CMI_LEDGER", "CMI_STATE")
    return {k: v for k, v in os.environ.items() if not k.startswith(hidden)}


def _total(folders: Sequence[Path]) -> str:
    """Add up what the halves counted; a half without a report is one failure."""
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    missing = 0
    for folder in folders:
        report = folder / "junit.xml"
        text = report.read_text(encoding="utf-8") if report.exists() else ""
        suite = _COUNTED.search(text)
        missing += suite is None
        for name in counts:
            found = re.search(rf' {name}="(\d+)"', suite[0]) if suite else None
            counts[name] += int(found[1]) if found else 0
    failed = counts["failures"] + counts["errors"] + missing
    passed = counts["tests"] - counts["failures"] - counts["errors"] - counts["skipped"]
    return f"{passed} passed, {failed} failed, {counts['skipped']} skipped"


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
