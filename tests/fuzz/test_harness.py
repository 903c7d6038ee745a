"""The fuzzer's own eyes: what breaks a promise must be seen, kept and told apart."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.fuzz import harness
from tests.fuzz.seeds import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path


def _enter(data: bytes) -> None:
    if data.startswith(b"break"):
        json.loads("{")
    if data.startswith(b"contradict"):
        raise AssertionError


def _busy() -> None:
    sum(range(2_000_000))


def test_an_exception_is_kept_once_for_each_place_with_its_shortest_input(tmp_path: Path) -> None:
    one = harness.watched(_enter, tmp_path)

    for data in (b"fine", b"break it", b"break", b"break it again", b"contradict"):
        one(data)

    found = {path.read_bytes() for path in tmp_path.glob("*.input")}
    assert found == {b"break", b"contradict"}
    assert "JSONDecodeError" in "".join(p.read_text() for p in tmp_path.glob("*.txt"))


def test_an_input_that_takes_too_long_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness, "SECONDS", 0.01)

    harness.watched(lambda _: _busy(), tmp_path)(b"slow")

    assert (tmp_path / "slow.input").read_bytes() == b"slow"


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="no atheris here")
def test_the_fuzzer_runs_and_learns(tmp_path: Path) -> None:
    corpus, found = tmp_path / "corpus", tmp_path / "found"
    corpus.mkdir()
    found.mkdir()
    (tmp_path / "words.txt").write_text('"FROM"\n', encoding="ascii")
    (corpus / "seed").write_bytes(b"FROM a\nRUN b\n")

    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.harness", "dockerfile", corpus, found, "3"],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-500:]
    assert len(list(corpus.iterdir())) > 3
    assert not list(found.iterdir())
