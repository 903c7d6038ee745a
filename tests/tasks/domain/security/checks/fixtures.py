"""Fixtures of checks: one text file a check, with sources that have its defect and that do not.

A line ``=== failing compose.yaml`` begins a file of a case. A case is ``failing``
or ``passing``, with a suffix where a check has several (``failing-kubernetes``).
A line ``# here`` says that the finding is at the line below it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "fixtures"
_HEAD = "=== "
_MARK = "# here"


@dataclass(frozen=True, slots=True)
class Case:
    """A source of some files, and the lines at which its check must find something."""

    check: str
    name: str
    files: dict[str, list[str]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write the files below ``folder``."""
        for name, lines in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def marked(self) -> set[tuple[str, int]]:
        """Give file and line of each place that is marked."""
        return {
            (name, number + 2)
            for name, lines in self.files.items()
            for number, line in enumerate(lines)
            if line.strip() == _MARK
        }


def cases() -> list[Case]:
    """Read the fixtures of all checks."""
    found: list[Case] = []
    for path in sorted(FOLDER.glob("*.txt")):
        named: dict[str, Case] = {}
        lines: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(_HEAD):
                name, file = line.removeprefix(_HEAD).split()
                lines = named.setdefault(name, Case(path.stem, name)).files.setdefault(file, [])
            else:
                lines.append(line)
        found.extend(named.values())
    return found
