"""The short syntax of volumes: ``[source:]target[:mode]``."""

from __future__ import annotations

import re

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_MODES = frozenset(("ro", "rw", "z", "Z", "cached", "delegated", "consistent", "nocopy"))
PROPAGATIONS = frozenset(("shared", "rshared", "slave", "rslave", "private", "rprivate"))


def parse_short(text: str) -> tuple[str, str, tuple[str, ...]]:
    """Split into source (empty for an anonymous volume), target and options.

    Raises:
        ValueError: More parts than the syntax has, or no target.
    """
    parts = _split(text)
    if not all(parts):
        msg = "invalid spec: empty section between colons"
        raise ValueError(msg)
    if len(parts) == 1:
        return "", parts[0], ()
    if len(parts) == 2 and set(parts[1].split(",")) <= _MODES | PROPAGATIONS:  # noqa: PLR2004  # target and mode
        return "", parts[0], tuple(parts[1].split(","))
    if len(parts) > 3:  # noqa: PLR2004  # source, target, mode
        msg = "invalid spec: too many colons"
        raise ValueError(msg)
    options = tuple(parts[2].split(",")) if len(parts) == 3 else ()  # noqa: PLR2004  # as above
    return parts[0], parts[1], options


def _split(text: str) -> list[str]:
    """Split at colons, but not at the one behind a Windows drive."""
    parts: list[str] = []
    rest = text
    while True:
        start = 2 if _DRIVE.match(rest) else 0
        colon = rest.find(":", start)
        if colon < 0:
            parts.append(rest)
            break
        parts.append(rest[:colon])
        rest = rest[colon + 1 :]
    return parts


def is_bind(source: str) -> bool:
    """Tell whether a short volume's source is a path of the host, not a volume's name."""
    return source.startswith((".", "/", "~")) or bool(_DRIVE.match(source))
