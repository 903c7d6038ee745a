from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deployments.cli import main
from deployments.local.language import CHOSEN
from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError

ROOT = Path(__file__).parents[3]


def _failing(error: BaseException) -> None:
    raise error


def _command(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    verb = ("fail", f"{__name__}:fail", "Fails.")
    monkeypatch.setattr(main, "COMMANDS", (verb,))
    module = type(sys)(__name__)
    module.__dict__["fail"] = lambda: _failing(error)
    monkeypatch.setitem(sys.modules, __name__, module)


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.call([]) == Exit.DONE

    shown = capsys.readouterr().out
    for verb, _, _ in main.COMMANDS:
        assert verb.split()[0] in shown


@pytest.mark.parametrize("arguments", [["fial"], ["fail", "--nope"], ["fail", "surplus"]])
def test_wrong_usage_ends_with_its_code_and_says_why(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _command(monkeypatch, AssertionError("the verb must not start"))

    assert main.call(arguments) == Exit.USAGE

    said = capsys.readouterr()
    assert said.out + said.err


def test_an_error_of_the_outside_world_is_one_sentence_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _command(monkeypatch, PermanentToolError("git is missing.", "Install it."))

    assert main.call(["fail"]) == Exit.USAGE
    assert capsys.readouterr().err == "git is missing. Install it.\n"


def test_a_fault_of_ours_leaves_a_report_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    _command(monkeypatch, ZeroDivisionError("boom"))

    assert main.call(["fail"]) == Exit.FAULT

    said = capsys.readouterr().err
    (report,) = tmp_path.iterdir()
    assert str(report) in said
    assert "Traceback" not in said
    kept = report.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in kept
    assert "raise error" in kept
    assert "boom" not in kept  # a message may quote what was read, and the report is sent to us


def test_starting_the_command_imports_no_framework() -> None:
    code = (
        "import sys; from deployments.cli.main import build; build();"
        "print(sorted({'prefect', 'pandas', 'sqlalchemy', 'networkx'} & set(sys.modules)))"
    )

    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert shown.stdout == "[]\n"


def test_a_language_is_chosen_for_one_command_only(capsys: pytest.CaptureFixture[str]) -> None:
    main.call(["--help", "--lang", "zh"])
    capsys.readouterr()

    main.call(["--help"])

    assert "Usage: cmi" in capsys.readouterr().out
    assert CHOSEN.get() is None
