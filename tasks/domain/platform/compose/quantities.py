"""Durations, sizes and switches as Docker Compose reads them."""

from __future__ import annotations

import math
import re

# Longer numbers are absurd, and would become infinite or be refused by int().
_PART = re.compile(r"(\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(ns|us|µs|ms|s|m|h|d|w)")
_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}
_SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,18})?) ?([kmgtp]?)(?:i?b)?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_SWITCHES = {
    **dict.fromkeys(("true", "y", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "n", "no", "off", "0"), False),
}


def seconds(text: str) -> float | None:
    """Read ``1m30s``; None when it is no duration."""
    if text == "0":
        return 0.0
    at, total = 0, 0.0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            return None
        total += float(found[1]) * _SECONDS[found[2]]
        at = found.end()
    return total if text else None


def whole(text: str) -> int | None:
    """Read a whole number of up to 18 digits; None when it is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def size(text: str) -> int | None:
    """Read ``512m`` as bytes, powers of 1024; None when it is no size."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        return None
    return int(float(found[1]) * 1024 ** _POWERS[found[2].lower()])


def number(text: str) -> float | None:
    """Read a count of processors; None when it is no number."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def switch(text: str) -> bool | None:
    """Read a boolean field, which may have come from a variable as text."""
    return _SWITCHES.get(text.lower())
