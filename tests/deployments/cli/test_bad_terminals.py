"""Ctrl-C at any moment, terminals without Unicode, and readers of Chinese."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from deployments.cli.main import call
from tasks.domain.exits import INTERRUPTED, Exit
from tests.commands import ROOT, cmi, no_traceback, one_document

if TYPE_CHECKING:
    from pathlib import Path

_SEED = 20261124
# What comes before the entrance is this line, not the product: it must not answer for it.
_ENTER = """
import os, signal
from deployments.cli.entrance import main
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.write(2, b"up\\n")
main()
"""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Words of ours that are the same in each language, or stand for what the user typed.
_COMMON = re.compile(r"`[^`]*`|\"[^\"]*\"|--?[a-z-]+|[\w./-]*[./_][\w./-]*|cmi|JSON|git|PATH")
_CHANCE = random.Random(_SEED)
_MOMENTS = [round(_CHANCE.uniform(0.001, 1.2), 3) for _ in range(8)]


@pytest.mark.parametrize("moment", _MOMENTS)
def test_an_interrupt_leaves_one_document_or_none(moment: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _ENTER, "check", "examples/shop", "--json"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "up\n"
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode in {INTERRUPTED, -signal.SIGINT, Exit.GATE}
    assert "Traceback" not in err
    if out:
        document = json.loads(out)
        assert document["exit"]["code"] in {INTERRUPTED, Exit.GATE}


WRONG = [
    ["check", "nowhere"],
    ["check", "good", "--entry", "x"],
    ["check", "good", "--new-only", "--baseline", "none.json"],
    ["check", "good", "--sarif", "nowhere/x"],
    ["check", "good", "--patch", "none"],
    ["check", "empty"],
    ["intake", "empty"],
    ["audit", "good"],
    ["apply", "good"],
    ["run", "nowhere"],
    ["run", "good", "--entry", "x"],
    ["run", "good", "--out", "good"],
    ["check", "settings"],
    ["checks", "none"],
    ["schema", "none"],
    ["fial"],
    ["check", "--nope"],
    ["check", "--entry"],
    ["check", "--fail-on", "x"],
    ["audit"],
    ["check", "good", "--json", "--sarif", "-"],
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, text in (("good", ""), ("settings", "probs: []\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "compose.yaml").write_text("services: {web: {image: nginx:1.27}}\n")
        if text:
            (tmp_path / name / "cmi.yaml").write_text(text)
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_each_error_is_one_sentence_in_chinese_with_the_same_code(
    place: Path,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setenv("CMI_STATE", str(place / "state"))

    code = call([*arguments, "--lang", "en"])
    english = capsys.readouterr().err
    chinese = cmi(place, *arguments, LC_ALL="zh_CN.UTF-8")

    assert code == chinese.returncode != Exit.DONE
    assert not _CHINESE.search(english)
    assert _CHINESE.search(chinese.stderr)
    left = _COMMON.sub("", chinese.stderr)
    assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", left), chinese.stderr
    assert len(chinese.stderr.splitlines()) == 1
    no_traceback(chinese)


@pytest.mark.parametrize("arguments", WRONG[:6], ids=" ".join)
def test_a_document_says_it_in_the_same_language(place: Path, arguments: list[str]) -> None:
    answer = cmi(place, *arguments, "--json", "--lang", "zh")

    (reason,) = json.loads(answer.stdout)["exit"]["reasons"]
    assert _CHINESE.search(reason)


@pytest.mark.parametrize(
    "variables",
    [{"PYTHONIOENCODING": "ascii"}, {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}],
    ids=["ascii", "C"],
)
@pytest.mark.parametrize(
    "arguments", [*WRONG[:4], ["doctor"], ["checks"], ["status"]], ids=" ".join
)
def test_a_terminal_without_unicode_gets_english_and_whole_documents(
    place: Path, arguments: list[str], variables: dict[str, str]
) -> None:
    how = {"CMI_STATE": str(place / "state")} | variables

    shown = cmi(place, *arguments, "--lang", "zh", **how)
    told = cmi(place, *arguments, "--lang", "zh", "--json", **how)

    no_traceback(shown)
    assert (shown.stdout + shown.stderr).isascii()
    assert "??" not in shown.stdout + shown.stderr
    assert told.stdout.isascii()
    assert json.loads(told.stdout)["exit"]["code"] == shown.returncode == told.returncode


def test_chinese_in_a_document_survives_a_terminal_without_unicode(place: Path) -> None:
    answer = cmi(place, "doctor", "--lang", "zh", "--json", PYTHONIOENCODING="ascii")

    items = one_document(answer, "doctor", Exit.DONE)["items"]
    assert any(_CHINESE.search(each["title"]) for each in items)
