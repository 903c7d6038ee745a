"""The examples of all checks, as sources in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge import samples

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.samples import Case


def cases() -> list[Case]:
    """Read the examples of all checks."""
    return [case for check in samples.checks_with_examples() for case in samples.cases(check)]


def write(case: Case, folder: Path) -> None:
    """Write the files of a case below ``folder``."""
    for name, lines in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
