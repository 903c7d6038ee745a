import pickle

import pytest

from tasks.tools.errors import (
    OutputTooLargeError,
    PermanentToolError,
    ProgramFailedError,
    ProgramMissingError,
    ProgramTimeoutError,
    TemporaryToolError,
    ToolError,
)


def test_an_error_reads_as_what_happened_and_what_to_do() -> None:
    error = PermanentToolError("The cluster is read-only.", "Set `writable` on its block.")

    assert str(error) == "The cluster is read-only. Set `writable` on its block."


def test_only_a_time_limit_is_worth_another_attempt() -> None:
    assert issubclass(ProgramTimeoutError, TemporaryToolError)
    for permanent in (ProgramMissingError, ProgramFailedError, OutputTooLargeError):
        assert issubclass(permanent, PermanentToolError)


@pytest.mark.parametrize(
    "error",
    [TemporaryToolError("a", "b"), ProgramFailedError("a", "b", 7, "complaint")],
    ids=["plain", "with details"],
)
def test_an_error_survives_the_way_between_processes(error: ToolError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes

    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)
