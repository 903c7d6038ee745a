"""What can go wrong outside: each error says what happened and what to do about it.

Two words decide what a caller does next. A *temporary* error is worth another
attempt (a time limit, a refused connection); a *permanent* one is not, because
the same call would fail the same way until somebody changes something.
All arguments are positional, so that an error survives pickling between processes.
"""


class ToolError(Exception):
    """The outside world said no. ``what`` happened, ``remedy`` is a sentence with what to do."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class TemporaryToolError(ToolError):
    """Trying again later may succeed."""


class PermanentToolError(ToolError):
    """Trying again without a change cannot succeed."""


class ProgramMissingError(PermanentToolError):
    """The program is neither on the search path nor among our wheels."""


class ProgramTimeoutError(TemporaryToolError):
    """The program and its children were killed when their time was up."""


class OutputTooLargeError(PermanentToolError):
    """The program wrote more than the caller is ready to hold, and was killed."""


class ProgramFailedError(PermanentToolError):
    """The program ended with an exit code other than zero (negative: the signal that ended it)."""

    def __init__(self, what: str, remedy: str = "", exit_code: int = 1, stderr: str = "") -> None:
        super().__init__(what, remedy)
        self.args = (what, remedy, exit_code, stderr)
        self.exit_code = exit_code
        self.stderr = stderr
