"""What a service's log complains of, by the shape of its lines: no text of a log is kept."""

from __future__ import annotations

import hashlib
import re

_COMPLAINS = re.compile(
    r"\b(?:alert|crit(?:ical)?|emerg(?:ency)?|err(?:or)?|exception|fatal|panic|severe|traceback)s?\b"
    r"|\w(?:Error|Exception)\b",
    re.IGNORECASE,
)
# No failure: counted, absent, or handled.
_HARMLESS = re.compile(
    r"\b(?:0|no|without) errors?\b|\berrors?\"?[=:] ?(?:0|null|none|nil)\b", re.IGNORECASE
)
_WORD = re.compile(r"[a-z]{2,}", re.IGNORECASE)
_MOST_LINES = 5000
_SIZE = 8


def complaints(log: str) -> frozenset[str]:
    """Digest the lines that complain; what differs only in numbers has the same digest."""
    lines = log.split("\n")[-_MOST_LINES:]
    wrong = (line for line in lines if _COMPLAINS.search(line) and not _HARMLESS.search(line))
    shapes = {" ".join(_WORD.findall(line)).lower() for line in wrong}
    return frozenset(hashlib.sha256(each.encode()).hexdigest()[:_SIZE] for each in shapes)
