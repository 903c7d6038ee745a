"""A case: an input that hurts readers, and what a good answer to it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tasks.domain.exits import Exit

# Files by name, or a function that writes what no table of texts can say.
Input: TypeAlias = "Mapping[str, str | bytes] | Callable[[Path], None]"

WEB = "services:\n  web:\n    image: nginx:1.27\n    privileged: true\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: good}
spec:
  containers:
  - name: good
    image: nginx:1.27
    securityContext: {privileged: true}
"""
# Whatever stands beside a bad file must still be assessed: both of the above have this finding.
ASSESSED = r"^finding privileged-container "


@dataclass(frozen=True, slots=True)
class Case:
    """One input. ``says``: patterns, each of which one line of the answer must match.

    The lines are ``finding CHECK FILE:LINE: MESSAGE``, ``unread FILE:LINE: REASON`` and
    ``not assessed WHAT: REASON``. ``hides``: texts that stand in no output at all.
    """

    id: str  # the row of the table, then a name
    what: str
    given: Input = field(repr=False)
    exit: Exit
    says: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    asks: str = "."
    seconds: float = 10.0  # of processor time
    beyond: float | None = None  # at most so much more of it than for a harmless file
    megabytes: int = 1024

    def write(self, folder: Path) -> None:
        """Make the input in an empty ``folder``."""
        if callable(self.given):
            self.given(folder)
            return
        for name, text in self.given.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
