"""What people say of findings: whether each is true, in two readings, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.accuracy import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "labels"
# The sample that led to corrections, the one drawn after them, one of the checks that came later.
BEFORE, AFTER, LATER = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the file, and its short reason."""

    true: bool
    why: str


@dataclass(frozen=True, slots=True)
class Label:
    """A finding that was judged. ``at`` is file and line below the platform's folder."""

    target: str
    sample: int
    entry: str
    check: str
    at: str
    first: Reading
    second: Reading
    settled: Reading | None = None

    @property
    def agreed(self) -> bool:
        """Whether both readings say the same."""
        return self.first.true is self.second.true

    @property
    def true(self) -> bool:
        """Whether something is wrong there."""
        return (self.settled or self.first).true

    def __str__(self) -> str:
        return f"{self.target} {self.entry}: {self.check} at {self.at}"


@dataclass(slots=True)
class Tally:
    """Labels against what is found today."""

    found: list[Label] = field(default_factory=list)  # true, and found
    lost: list[Label] = field(default_factory=list)  # true, and not found any more
    returned: list[Label] = field(default_factory=list)  # false, and found
    kept_away: list[Label] = field(default_factory=list)  # false, and not found


def labels() -> list[Label]:
    """Read all labels."""
    return [each for path in sorted(FOLDER.glob("*.yaml")) for each in _of(path)]


def _of(path: Path) -> Iterator[Label]:
    for row in yaml.safe_load(path.read_text(encoding="utf-8")):
        yield Label(
            target=path.stem,
            sample=row["sample"],
            entry=row["entry"],
            check=row["check"],
            at=row["at"],
            first=Reading(*row["first"]),
            second=Reading(*row["second"]),
            settled=Reading(*row["settled"]) if "settled" in row else None,
        )


def compare(targets: Path, chosen: list[Label]) -> Tally:
    """Hold labels against the findings of today."""
    tally = Tally()
    for label in chosen:
        findings = reading.found(targets / label.target, label.entry)
        there = any(
            (each.check, f"{each.place.file}:{each.place.line}") == (label.check, label.at)
            for each in findings
        )
        if there:
            (tally.found if label.true else tally.returned).append(label)
        else:
            (tally.lost if label.true else tally.kept_away).append(label)
    return tally


def per_check(chosen: list[Label]) -> dict[str, tuple[int, int]]:
    """Count the true and the false labels of each check."""
    true = Counter(each.check for each in chosen if each.true)
    false = Counter(each.check for each in chosen if not each.true)
    return {check: (true[check], false[check]) for check in sorted({*true, *false})}
