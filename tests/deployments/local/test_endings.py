import errno
from pathlib import Path

import pytest

from deployments.local.endings import ending
from deployments.local.errors import NewerStateError, StackError
from tasks.tools.errors import PermanentToolError


@pytest.mark.parametrize(
    ("error", "said", "code"),
    [
        (StackError("It broke.", "Do this."), "It broke. Do this.", 70),
        (NewerStateError("Too new.", "Update."), "Too new. Update.", 2),
        (PermanentToolError("No git.", "Install it."), "No git. Install it.", 2),
        (MemoryError(), "assess a part", 2),
        (KeyboardInterrupt(), "The same command goes on.", 130),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "/x cannot be written", 2),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "name another place", 2),
        (OSError(errno.EROFS, "Read-only file system"), "A file cannot be used", 2),
    ],
)
def test_what_a_user_can_change_is_a_sentence_with_the_remedy(
    error: BaseException, said: str, code: int
) -> None:
    sentence, ended = ending(error)

    assert said in sentence
    assert ended == code


@pytest.mark.parametrize("error", [KeyError("x"), OSError(errno.EIO, "I/O error", "/x")])
def test_what_he_cannot_change_is_our_fault_with_a_report(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    try:
        raise error
    except (KeyError, OSError) as caught:
        sentence, code = ending(caught)

    (report,) = tmp_path.iterdir()
    assert code == 70
    assert str(report) in sentence
    assert "Traceback" in report.read_text(encoding="utf-8")


def test_a_report_holds_places_in_our_code_and_no_word_of_the_users_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    try:
        try:
            {"a": 1}["hunter2-canary"]
        except KeyError as first:
            msg = "no hunter2-canary"
            raise ValueError(msg) from first
    except ValueError as caught:
        ending(caught)

    said = next(tmp_path.iterdir()).read_text(encoding="utf-8")
    assert "builtins.KeyError" in said
    assert "builtins.ValueError" in said
    assert f"{Path(__file__).name}" in said
    words = [line for line in said.splitlines() if "hunter2" in line]
    assert all(line.startswith("    ") for line in words)  # the code itself, nothing that it met


def test_a_report_that_cannot_be_kept_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere/at/all")

    assert "could not be kept: No such file" in ending(KeyError("x"))[0]
