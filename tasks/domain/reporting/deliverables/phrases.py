"""Small parts of sentences that several documents share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.reporting.markdown import code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.platform.model import Platform
    from tasks.domain.reporting.texts import Wording

_OUTSIDE = ("LoadBalancer", "NodePort")


def names(found: Sequence[str], say: Wording, most: int | None = None) -> str:
    """Enumerate names as code; beyond ``most`` the rest is counted."""
    shown = found if most is None else found[:most]
    listed = say("comma").join(code(name) for name in shown)
    more = len(found) - len(shown)
    return f"{listed} {say('more_names', more)}" if more else listed


def columns(text: str) -> list[str]:
    """Split the headings of a table, which a text keeps in one line."""
    return [each.strip() for each in text.split("|")]


def doors(platform: Platform) -> dict[str, list[str]]:
    """Say how each service is reachable from outside: host ports, or a name in front of it."""
    found: dict[str, dict[str, None]] = {}
    for service in platform.services:
        for box in service.containers:
            for port in box.ports:
                if port.host is not None:
                    shown = str(port.host) if port.host > 0 else "?"
                    found.setdefault(service.name, {})[shown] = None
    for endpoint in platform.endpoints:
        if endpoint.kind == "Ingress" or endpoint.type in _OUTSIDE:
            for target in endpoint.targets:
                found.setdefault(target, {})[f"{endpoint.kind}/{endpoint.name}"] = None
    return {name: list(ways) for name, ways in found.items()}


def doors_text(platform: Platform, say: Wording) -> str:
    """Enumerate what users reach, with the ways; nothing when nothing is published."""
    return say("comma").join(
        f"{code(name)} ({names(ways, say)})" for name, ways in doors(platform).items()
    )
