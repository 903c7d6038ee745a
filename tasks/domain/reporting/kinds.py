"""Changes of one kind together: what a manager decides on, and what an engineer unfolds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tasks.domain.findings import Severity
from tasks.domain.ranking import CONFIDENCE, RISK, UNKNOWN
from tasks.domain.reporting.summary import open_findings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.domain.reporting.records import Record


@dataclass(frozen=True, slots=True)
class Kind:
    """All changes of one kind. ``closes`` are the open findings that they close."""

    anchor: str  # of its section in the page
    kind: str
    texts: Record  # of one of them: the title is the kind's
    changes: tuple[Record, ...]
    closes: tuple[Record, ...]
    worth: float  # risk removed times confidence, in points without a unit

    @property
    def worst(self) -> str:
        """The worst severity among what is closed, or nothing."""
        return min((f["severity"] for f in self.closes), key=_rank, default="")

    @property
    def states(self) -> Mapping[str, int]:
        """Count the changes by what the proofs made of them."""
        return Counter(each["state"] for each in self.changes)

    @property
    def patched(self) -> bool:
        """Tell whether a patch shows any of them."""
        return any(each["patch"] for each in self.changes)

    @property
    def guarded(self) -> tuple[str, ...]:
        """Name those that no patch shows, and that were not rejected."""
        useful = (each for each in self.changes if each["state"] != "rejected")
        return tuple(each["id"] for each in useful if not each["patch"])

    @property
    def helpful(self) -> bool:
        """Tell whether any of them closes something and was not rejected."""
        return self.worth > 0


def kinds(document: Record) -> tuple[Kind, ...]:
    """Group changes by kind, best first: what closes a critical finding, then by worth."""
    is_open = {each["id"]: each for each in open_findings(document)}
    gathered: dict[str, list[Record]] = {}
    for change in document["candidates"]:
        gathered.setdefault(change["kind"], []).append(change)
    found = [_kind(changes, is_open) for changes in gathered.values()]
    found.sort(key=lambda k: (k.worst != Severity.CRITICAL, -k.worth, k.kind))
    return tuple(replace(each, anchor=f"kind-{n}") for n, each in enumerate(found, start=1))


def anchors(found: Sequence[Kind]) -> dict[str, str]:
    """Name the place of each change within the page, by its id."""
    return {
        each["id"]: f"{kind.anchor}-{number}"
        for kind in found
        for number, each in enumerate(kind.changes, start=1)
    }


def _kind(changes: Sequence[Record], is_open: Mapping[str, Record]) -> Kind:
    useful = (each for each in changes if each["state"] != "rejected")
    closes = dict.fromkeys(f for each in useful for f in each["closes"] if f in is_open)
    found = tuple(is_open[each] for each in closes)
    sure = min((CONFIDENCE.get(each["check"], UNKNOWN) for each in found), default=0.0)
    worth = sure * sum(RISK[Severity(each["severity"])] for each in found)
    first = changes[0]
    return Kind("", first["kind"], first["texts"], tuple(changes), found, worth)


def _rank(severity: str) -> int:
    return Severity(severity).rank
