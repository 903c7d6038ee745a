"""Strict reading of YAML that users write for us: every mistake is named with its place.

Nothing is guessed and nothing is skipped in silence: a key that we do not know
is most often a slip of the pen, and then the setting that was meant does not hold.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.platform.nodes import Mapping, Node, Place, Scalar, Sequence, target, value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
MOST_RATE = 1000  # requests a second: more than one process sends in time
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMG]i?|)B?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file of the user's, with what to do about it."""

    place: Place
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}: {self.what} {self.remedy}"


@dataclass(slots=True)
class Reader:
    """Reads fields and collects what is wrong, so that one run names every mistake."""

    problems: list[Problem] = field(default_factory=list)

    def wrong(self, node: Node, what: str, remedy: str) -> None:
        """Note a mistake at ``node``."""
        self.problems.append(Problem(node.place, what, remedy))

    def fields(self, node: Node, known: Collection[str], where: str) -> dict[str, Node]:
        """Read a mapping with some of the ``known`` keys."""
        found: dict[str, Node] = {}
        for name, key, content in self.pairs(node, where):
            if name not in known:
                self.wrong(key, f"{where} has no key `{name}`.", _nearest(name, known))
            elif name in found:
                self.wrong(key, f"{where} has the key `{name}` twice.", "Keep one of them.")
            else:
                found[name] = content
        return found

    def require(
        self, node: Node, found: Collection[str], needed: Collection[str], where: str
    ) -> None:
        """Note which of the ``needed`` keys were not ``found``."""
        missing = [name for name in needed if name not in found]
        if missing:
            self.wrong(node, f"{where} lacks {', '.join(missing)}.", "Add what is missing.")

    def pairs(self, node: Node, where: str) -> Iterator[tuple[str, Node, Node]]:
        """Read a mapping with keys of the user's choice."""
        mapping = target(node)
        if not isinstance(mapping, Mapping):
            self.wrong(node, f"{where} must be a mapping.", "Write `key: value` lines below it.")
            return
        for pair in mapping.pairs:
            key = target(pair.key)
            if isinstance(key, Scalar):
                yield key.text, pair.key, pair.value
            else:
                self.wrong(pair.key, f"{where} has a key that is no text.", "Write one word.")

    def items(self, node: Node, where: str) -> tuple[Node, ...]:
        """Read a list."""
        found = target(node)
        if isinstance(found, Sequence):
            return found.items
        self.wrong(node, f"{where} must be a list.", "Begin each item with `- `.")
        return ()

    def text(self, node: Node, where: str) -> str:
        """Read a text that is not empty."""
        found = target(node)
        if isinstance(found, Scalar) and found.text.strip() and value(found) is not None:
            return found.text
        self.wrong(node, f"{where} must be a text.", "Write something in it, or remove the key.")
        return ""

    def texts(self, node: Node, where: str) -> tuple[str, ...]:
        """Read a list of texts."""
        return tuple(self.text(item, where) for item in self.items(node, where))

    def choice(self, node: Node, allowed: Collection[str], where: str) -> str:
        """Read one of the ``allowed`` words."""
        found = self.text(node, where)
        if found and found not in allowed:
            self.wrong(node, f"{where} cannot be `{found}`.", _nearest(found, allowed))
            return ""
        return found

    def boolean(self, node: Node, where: str) -> bool | None:
        """Read true or false."""
        found = target(node)
        read = value(found) if isinstance(found, Scalar) else None
        if isinstance(read, bool):
            return read
        self.wrong(node, f"{where} must be true or false.", "Write one of the two.")
        return None

    def integer(self, node: Node, where: str, bounds: tuple[int, int]) -> int:
        """Read a whole number within ``bounds``."""
        found = target(node)
        read = value(found) if isinstance(found, Scalar) else None
        low, high = bounds
        if isinstance(read, int) and not isinstance(read, bool) and low <= read <= high:
            return read
        self.wrong(node, f"{where} must be a whole number.", f"Write one from {low} to {high}.")
        return low

    def date(self, node: Node, where: str) -> dt.date:
        """Read a day."""
        found = self.text(node, where)
        try:
            return dt.date.fromisoformat(found)
        except ValueError:
            if found:
                self.wrong(node, f"{where} is no date: `{found}`.", "Write it as 2027-03-31.")
            return dt.date.min

    def duration(self, node: Node, where: str) -> float:
        """Read a time in seconds."""
        found = _DURATION.fullmatch(self.text(node, where))
        if found:
            return float(found[1]) * _SECONDS[found[2]]
        self.wrong(node, f"{where} is no time.", "Write it as 300ms, 5s, 2m or 1h.")
        return 0.0

    def rate(self, node: Node, where: str) -> float:
        """Read how many requests come in a second."""
        found = _AMOUNT.fullmatch(self.text(node, where))
        if found and 0 < float(found[0]) <= MOST_RATE:
            return float(found[0])
        self.wrong(node, f"{where} is no rate.", f"Write requests a second, up to {MOST_RATE}.")
        return 0.0

    def percent(self, node: Node, where: str) -> float:
        """Read a share, as a fraction."""
        found = _PERCENT.fullmatch(self.text(node, where))
        if found:
            return float(found[1]) / 100
        self.wrong(node, f"{where} is no share.", "Write it as 5%.")
        return 0.0

    def size(self, node: Node, where: str) -> float:
        """Read an amount of memory, in bytes."""
        found = _SIZE.fullmatch(self.text(node, where))
        if found:
            return float(found[1]) * _BYTES[found[2]]
        self.wrong(node, f"{where} is no amount of memory.", "Write it as 512Mi or 2Gi.")
        return 0.0

    def amount(self, node: Node, where: str) -> float:
        """Read an amount of money, in whatever currency all of them are in."""
        found = _AMOUNT.fullmatch(self.text(node, where))
        if found:
            return float(found[0])
        self.wrong(node, f"{where} is no amount.", "Write it as 2.50.")
        return 0.0


def _nearest(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known: {', '.join(sorted(known))}."
