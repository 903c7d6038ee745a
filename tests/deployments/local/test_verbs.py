import errno
import shlex
import subprocess

import pytest

from deployments.local import verbs
from deployments.local.errors import NewerStateError, StackError
from deployments.local.layout import Layout
from deployments.local.stack import Stack

STACK = Stack("http://127.0.0.1:4299/api", "cmi:it's $ecret", "postgresql://postgres@/x?host=/x")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StackError("It broke.", "Do this."), 70),
        (NewerStateError("Too new.", "Update."), 2),
        (ZeroDivisionError(), 70),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_is_one_sentence_with_its_exit_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> int:
        raise error

    assert verbs.guarded(fails) == code
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_shell_reads_the_environment_as_it_was_written(
    own_layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    STACK.write(own_layout)
    assert verbs.env() == 0
    lines = capsys.readouterr().out

    script = lines + '\nprintf %s "$PREFECT_API_AUTH_STRING"'
    told = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True)  # noqa: S607

    assert told.stdout == STACK.auth_string
    assert all(shlex.split(line)[0] == "export" for line in lines.splitlines())


def test_without_a_stack_there_is_no_environment(
    own_layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verbs.env() == 2
    assert "./start-project.sh" in capsys.readouterr().err


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    verbs.help_()

    out = capsys.readouterr().out
    for verb in ("start", "status", "test", "env", "cleanup", "help", "cmi"):
        assert verb in out


def test_a_cleanup_of_everything_leaves_no_state(own_layout: Layout) -> None:
    own_layout.record.write_text("{")

    assert verbs.cleanup(everything=True) == 0
    assert not own_layout.state.exists()
