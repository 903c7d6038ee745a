"""Where output goes: kept without end, thrown away, or more of it than anybody reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.security.checks.parts import parts, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.model import Platform

_LEVEL = re.compile(r"(?:--|\w+_)?log(?:ging)?[-_.]?level", re.IGNORECASE)


def unbounded(platform: Platform) -> Iterator[Hit]:
    """Find, once a platform, services whose output may fill the host's disk.

    One finding for all: the engine's own settings may bound them, which nobody
    can see from here.
    """
    whole_ones = [service for service in platform.services if not service.partial]
    endless = [s for s in whole_ones if s.logging is None or not s.logging.bounded]
    yield from whole(endless, len(whole_ones), "logging")


def discarded(platform: Platform) -> Iterator[Hit]:
    """Find services whose output is thrown away."""
    for service in platform.services:
        if service.logging and service.logging.driver == "none":
            yield Hit(service.name, service.logging.place, service.logging.path)


def debugging(platform: Platform) -> Iterator[Hit]:
    """Find log levels for programmers."""
    for part in parts(platform):
        for variable in (*part.container.environment, *part.container.arguments):
            word = variable.features.word
            if word in {"debug", "trace"} and _LEVEL.fullmatch(variable.name):
                facts = {"name": variable.name, "level": word}
                yield Hit(part.subject, variable.place, variable.path, facts)
