"""Where each service of a copy answers: the port that tells that it is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.hints import health_call
from tasks.domain.verification.stand_ins import every_text
from tasks.domain.verification.starts import COMPLETED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_LOCAL = re.compile(
    r"(?:127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1\])(?P<sep>[:/])(?P<port>\d{2,5})\b"
)
_WEB = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?:/|$|\s)")
_HTTP = 80


def ports(
    services: Mapping[str, Any], exposed: Mapping[str, Iterable[int]] | None = None
) -> dict[str, int]:
    """Find one port of each service: of its health check first, then what others call it by.

    ``exposed`` are the ports that images declare. Who answers nowhere is left out, and so is
    who ends: a job shares its image, and what that declares, with the service that it is for.
    """
    found: dict[str, int] = {}
    ends = ending(services)
    for name, service in services.items():
        if name in ends:
            continue
        others = (each for other, each in services.items() if other != name)
        known = (
            *_asked_at(service),
            *_called(name, others),
            *_published(service),
            *sorted((exposed or {}).get(name, ())),
        )
        if known:
            found[name] = known[0]
    return found


def ending(services: Mapping[str, Any]) -> frozenset[str]:
    """Name the services that do their work and end, because others wait for just that."""
    return frozenset(
        name
        for service in services.values()
        for name, need in (service.get("depends_on") or {}).items()
        if need.get("condition") == COMPLETED
    )


def checked(service: Mapping[str, Any]) -> bool:
    """Tell whether a service of a definition has a health check that is asked."""
    check = service.get("healthcheck") or {}
    test = check.get("test")
    return bool(test) and test not in (["NONE"], "NONE") and not check.get("disable")


def _asked_at(service: Mapping[str, Any]) -> Iterator[int]:
    test = (service.get("healthcheck") or {}).get("test")
    if call := health_call(test):
        yield call[0]
    for text in every_text(test):
        for match in _LOCAL.finditer(text):
            yield int(match["port"])
        if _WEB.search(text):
            yield _HTTP


def _called(name: str, others: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    """Give the ports by which others reach ``name``: ``name:5432`` in a text of theirs."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}:(\d{{2,5}})\b")
    for other in others:
        for key in ("environment", "command", "entrypoint"):
            for text in every_text(other.get(key)):
                for match in pattern.finditer(text):
                    yield int(match[1])


def _published(service: Mapping[str, Any]) -> Iterator[int]:
    for port in service.get("ports") or ():
        if port.get("protocol", "tcp") == "tcp":
            yield int(port["target"])
    for port in service.get("expose") or ():
        text = str(port).partition("/")[0]
        if text.isdigit():
            yield int(text)
