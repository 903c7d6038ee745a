"""`./start-project.sh` as it is typed in odd places: closed streams, a reader that goes away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.commands import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = "./start-project.sh"


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the sources, with this Python as the environment that was installed before."""
    place = tmp_path_factory.mktemp("checkout") / "it"
    place.mkdir()
    for name in ("deployments", "tasks", "knowledge", "flows", "blocks"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("start-project.sh", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, place / name)
    (place / ".venv/bin").mkdir(parents=True)
    python = place / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    lock = (place / "requirements.lock").read_text(encoding="utf-8")
    (place / ".venv/stamp").write_text(f"{place}\nrun\n{lock}", encoding="utf-8")
    return place


def _typed(checkout: Path, line: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],  # noqa: S607  # a shell, as the user's
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout), "CMI_STATE": str(checkout / "st")} | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("verb", ["help", "status", "status --json", "env", "check --help"])
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault(checkout: Path, verb: str, closed: str) -> None:
    done = _typed(checkout, f"{_SCRIPT} {verb} {closed}")

    assert done.returncode == (2 if verb == "env" else 0), done.stderr
    assert "Traceback" not in done.stderr
    assert "rror" not in done.stderr


@pytest.mark.parametrize("verb", ["help", "status", "checks", "checks --json", "--help"])
def test_a_reader_that_goes_away_is_no_fault(checkout: Path, verb: str) -> None:
    done = _typed(checkout, f"{_SCRIPT} {verb} | true")

    assert (done.returncode, done.stderr) == (0, "")


def test_the_first_line_can_be_taken_alone(checkout: Path) -> None:
    done = _typed(checkout, f"{_SCRIPT} help | head -1")

    assert (done.returncode, done.stdout, done.stderr) == (0, "./start-project.sh [VERB]\n", "")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"LC_ALL": "C.UTF-8"}, 'Unknown command "fial".'),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, '未知命令 "fial"。'),
    ],
)
def test_an_unknown_verb_is_one_sentence_that_names_the_help(
    checkout: Path, more: dict[str, str], said: str
) -> None:
    done = _typed(checkout, f"{_SCRIPT} fial", **more)

    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert "`cmi --help`" in done.stderr
    assert len(done.stderr.splitlines()) == 1
