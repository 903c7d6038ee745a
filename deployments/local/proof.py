"""`./start-project.sh test`: everything that proves this checkout works on this machine."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.speech import answer, say
from tasks.tools.command import base_environment, run_attached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployments.local.layout import Layout

_LOOKS = 3
_PYTEST = ("-m", "pytest", "-p", "no:cacheprovider", "--durations=10")


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the tests, run by a pytest of their own."""

    name: str
    marked: str
    only: tuple[str, ...] = ()  # files and folders; all when there are none
    without: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("-m", self.marked, *(f"--ignore={each}" for each in self.without), *self.only)


# The parts are cut so that all end at about the same time; tests that start services mostly wait,
# and each part of them has a stack of its own.
_PLAIN = "not (stack or browser or quiet)"
_SERVICES = "(stack or browser) and not quiet"
_FLOWS, _ROBUSTNESS = ("tests/flows",), ("tests/robustness",)
_KILLS = ("tests/stack/test_kill.py", "tests/stack/test_phases.py")
_STARTS = ("tests/deployments",)
_PAGES = ("tests/stack/test_ui.py", "tests/tasks/domain/reporting/test_report_page.py")
_ALONE = _Part("alone", _PLAIN, without=(*_FLOWS, *_ROBUSTNESS))
_BESIDE = (
    _Part("kills", _SERVICES, _KILLS),
    _Part("services", _SERVICES, without=(*_KILLS, *_STARTS, *_PAGES)),
    _Part("starts", _SERVICES, _STARTS),
    _Part("flows", _PLAIN, _FLOWS),
    _Part("robustness", _PLAIN, _ROBUSTNESS),
    _Part("pages", _SERVICES, _PAGES),
)
_AT_ONCE = 3  # the longest first: a fourth would find no processor, and make all slow
# What is measured is measured when nothing else runs.
_QUIET = _Part("quiet", "quiet")
_TOLD = "told.txt"
_NONE_COLLECTED = 5  # pytest's code when a part has no test
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
        return _all_parts(layout, Path(folder))


def _all_parts(layout: Layout, folder: Path) -> int:
    """Run the parts; show what ran beside another when all of them are done."""
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        parts = (_ALONE, *_BESIDE)
        runs = [pool.submit(_run, layout, folder, each, aside=each is not _ALONE) for each in parts]
        try:
            codes = {run.result() for run in runs}
        except KeyboardInterrupt:  # the terminal sent it to those at work, too
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    codes.add(_run(layout, folder, _QUIET))
    for part in _BESIDE:
        told = folder / part.name / _TOLD
        answer(told.read_text(encoding="utf-8", errors="replace").rstrip())
    answer(_total([folder / part.name for part in (_ALONE, *_BESIDE, _QUIET)]))
    return max(codes - {_NONE_COLLECTED}, default=0)


def _run(layout: Layout, folder: Path, part: _Part, *, aside: bool = False) -> int:
    place = folder / part.name
    place.mkdir()
    return _pytest(layout, place, *part.arguments, told=place / _TOLD if aside else None)


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
    """Add up what the parts counted; a part without a report is one failure."""
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
