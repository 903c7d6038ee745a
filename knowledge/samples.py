"""Examples of checks: sources that have a check's defect, and sources that do not.

One text file a check. A line ``=== failing compose.yaml`` begins a file of a case; a case is
``failing`` or ``passing``, with a suffix where a check has several (``failing-kubernetes``).
A line ``# here`` says that the finding is at the line below it. The tests hold each check
against all of its cases; `cmi checks ID` shows the first of each kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources

MARK = "# here"
_FOLDER = "examples"
_HEAD = "=== "


@dataclass(frozen=True, slots=True)
class Case:
    """A source of some files, and the lines at which its check must find something."""

    check: str
    name: str
    files: dict[str, list[str]] = field(default_factory=dict)

    def marked(self) -> set[tuple[str, int]]:
        """Give file and line of each place that is marked."""
        return {
            (name, number + 2)
            for name, lines in self.files.items()
            for number, line in enumerate(lines)
            if line.strip() == MARK
        }


def cases(check: str) -> tuple[Case, ...]:
    """Read the examples of one check; none of one that is unknown."""
    file = resources.files("knowledge") / _FOLDER / f"{check}.txt"
    if not file.is_file():
        return ()
    named: dict[str, Case] = {}
    lines: list[str] = []
    for line in file.read_text("utf-8").splitlines():
        if line.startswith(_HEAD):
            name, path = line.removeprefix(_HEAD).split()
            lines = named.setdefault(name, Case(check, name)).files.setdefault(path, [])
        else:
            lines.append(line)
    return tuple(named.values())


def checks_with_examples() -> tuple[str, ...]:
    """Name the checks that have examples."""
    folder = resources.files("knowledge") / _FOLDER
    return tuple(sorted(each.name.removesuffix(".txt") for each in folder.iterdir()))
