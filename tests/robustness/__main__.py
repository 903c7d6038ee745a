"""Write docs/robustness.md: each case, our answer, what it took, and what peers do with it.

    python -m tests.robustness [--every] [--row NN ...]

One case a row, or ``--every`` case. Peers are asked where they run: Docker Compose about
Compose files, hadolint about Dockerfiles, checkov where it is on the PATH. They get the
same time as we; who needs more is killed with all that it started.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.robustness.asking import ask
from tests.robustness.cases import CASES
from tests.robustness.running import CHECKOUT, Answer, measured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.robustness.case import Case

PAGE = CHECKOUT / "docs/robustness.md"
_BESIDE = Path(sys.executable).parent
_HEAD = """\
# Hostile, strange and huge input

Made by `python -m tests.robustness` on {date} ({machine}, Python {python}; other work ran
beside it). Inputs are our own (`tests/robustness/cases*.py`); every one of them is a test. A good
answer is bounded, names file and line, assesses the other files, and never ends with 0 for input
that was asked for and not understood. Time is processor time of `cmi check --json`, memory its
largest resident size. Peers answer the same input: exit code, and seconds of processor time;
*killed* is who needed more than {seconds:.0f} s. {missing}

| case | input | our exit | s | MB | as promised | Docker Compose | hadolint | checkov |
|---|---|---|---|---|---|---|---|---|
"""
_SECONDS = 10.0
_MEGABYTES = 1024


def main() -> int:
    """Ask all, and write the page; 1 when one of our own answers is not as promised."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--every", action="store_true", help="every case, not one a row")
    arguments.add_argument("--row", action="append", help="only these rows")
    asked = arguments.parse_args()
    chosen = [c for c in CASES if not asked.row or c.id.partition("-")[0] in asked.row]
    lines, broken = [], 0
    for case in chosen if asked.every else _one_a_row(chosen):
        line, faults = _answered(case)
        lines.append(line)
        broken += bool(faults)
        sys.stdout.write(f"{line} {faults}\n")
        sys.stdout.flush()
    missing = [n for n in ("docker-compose", "hadolint", "checkov") if _program(n) is None]
    head = _HEAD.format(
        date=dt.datetime.now(tz=dt.UTC).date(),
        machine=f"{platform.machine()}, {platform.system()}",
        python=platform.python_version(),
        seconds=_SECONDS,
        missing=f"Not installed where this was made: {', '.join(missing)}." if missing else "",
    )
    PAGE.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return 1 if broken else 0


def _one_a_row(cases: Iterable[Case]) -> Iterator[Case]:
    """Give one case of each row, of Compose where there is one, and every oddity."""
    rows: dict[str, Case] = {}
    for case in cases:
        row = case.id if case.id.startswith("odd") else case.id.partition("-")[0]
        if row not in rows or case.id.endswith("-compose"):
            rows[row] = case
    yield from rows.values()


def _answered(case: Case) -> tuple[str, list[str]]:
    with tempfile.TemporaryDirectory(prefix="cmi-robustness-") as folder:
        asked = ask(case, Path(folder))
        place = Path(folder) / "platform"
        peers = [_shown(each) for each in _peers(place)]
    took = asked.check
    ours = (took.code, f"{took.processor:.1f}", f"{took.megabytes:.0f}")
    verdict = "no" if asked.faults else "yes"
    what = case.what.replace("|", "\\|")
    cells = (case.id, what, *ours, verdict, *peers)
    return f"| {' | '.join(map(str, cells))} |", asked.faults


def _peers(place: Path) -> Iterator[Answer | str]:
    compose = place / "compose.yaml"
    docker = place / "Dockerfile"
    yield _asked(place, ["docker-compose", "-f", "compose.yaml", "config", "-q"], compose)
    yield _asked(place, ["hadolint", "Dockerfile"], docker)
    yield _asked(place, ["checkov", "-d", ".", "--compact", "--quiet", "--skip-download"], place)


def _asked(place: Path, words: Sequence[str], needs: Path) -> Answer | str:
    program = _program(words[0])
    if program is None:
        return "not installed"
    if not needs.exists() or needs.is_dir() is not (needs == place):
        return "-"
    return measured([program, *words[1:]], place, _SECONDS, 4 * _MEGABYTES)


def _program(name: str) -> str | None:
    beside = _BESIDE / name
    return str(beside) if beside.exists() else shutil.which(name)


def _shown(answer: Answer | str) -> str:
    if isinstance(answer, str):
        return answer
    how = "killed" if answer.code < 0 else str(answer.code)
    return f"{how}, {answer.processor:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
