"""Hints: what a platform's files say about who speaks gRPC, and where metrics are.

What a service says of itself holds. What another file says of it may be meant for another
environment, so a question made of it counts once the platform as it is has answered it.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.documents import DocumentError
from tasks.domain.verification.permissions import inside
from tasks.domain.verification.scrapes import Scrape, configured, marked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.sources import Source

GRPC, GRPC_HEALTH, METRICS = "grpc", "grpc-health", "metrics"
_PROGRAM = re.compile(r"\bgrpc[-_]health[-_]probe\b")
_ADDRESS = re.compile(
    r"(?<!\S)--?addr(?:=|\s+)[\"']?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])?:(\d{2,5})\b"
)
_SERVICE = re.compile(r"(?<!\S)--?service(?:=|\s+)[\"']?([\w./-]+)")
_TLS = re.compile(r"(?<!\S)--?tls(?!\S|=false)")
_FILES = (".yaml", ".yml")
_LABEL = "prometheus.io/scrape"


@dataclass(frozen=True, slots=True)
class Hint:
    """Somebody speaks gRPC, or has metrics. ``asks``: the service whose health is meant."""

    service: str
    kind: str  # grpc, grpc-health, metrics
    port: int
    path: str = "/"
    asks: str = ""
    told_by: str = ""  # another file than the service's own definition

    @property
    def name(self) -> str:
        """Name the question that is made of it."""
        if self.kind == METRICS:
            return f"{self.service}: metrics at {self.port}{self.path}"
        of = f" of {self.asks}" if self.asks else ""
        what = f"health over gRPC{of}" if self.kind == GRPC_HEALTH else "gRPC"
        return f"{self.service}: {what} at {self.port}"


def health_call(test: Any) -> tuple[int, str] | None:
    """Read a command that asks for health over gRPC: the port, and the service that is meant."""
    words = " ".join(map(str, test)) if isinstance(test, list) else str(test or "")
    if not _PROGRAM.search(words) or _TLS.search(words):
        return None
    address, service = _ADDRESS.search(words), _SERVICE.search(words)
    return (int(address[1]), service[1] if service else "") if address else None


def of_services(services: Mapping[str, Any], ports: Mapping[str, int]) -> Iterator[Hint]:
    """Read what Compose services say of themselves: in health checks and labels."""
    for name, service in services.items():
        check = service.get("healthcheck") or {}
        call = None if check.get("disable") else health_call(check.get("test"))
        if call:
            yield Hint(name, GRPC_HEALTH, call[0], asks=call[1])
        labels = {key: str(text) for key, text in (service.get("labels") or {}).items()}
        if scrape := marked(labels, [ports[name]] if name in ports else ()):
            yield _metrics(name, scrape, _LABEL)


def of_mounts(model: Mapping[str, Any], source: Source, root: str) -> Iterator[Hint]:
    """Read the configurations of Prometheus that services of a Compose project mount."""
    services: Mapping[str, Any] = model.get("services") or {}
    names = _names(services)
    for reader, service in services.items():
        for file, text in _mounted(service, model, source, root):
            for scrape in configured(file, text):
                target = names.get(scrape.host) if scrape.host else reader
                if target:
                    yield _metrics(target, scrape, file)


def _metrics(service: str, scrape: Scrape, told_by: str) -> Hint:
    return Hint(service, METRICS, scrape.port, scrape.path, told_by=told_by)


def _names(services: Mapping[str, Any]) -> dict[str, str]:
    """Map each name by which a service is called to the service; its own name wins."""
    found: dict[str, str] = {}
    for name, service in services.items():
        aliases = [
            alias
            for options in (service.get("networks") or {}).values()
            for alias in (options or {}).get("aliases") or ()
        ]
        for each in (service.get("container_name"), service.get("hostname"), *aliases):
            if each:
                found.setdefault(str(each), name)
    return found | {name: name for name in services}


def _mounted(
    service: Mapping[str, Any], model: Mapping[str, Any], source: Source, root: str
) -> Iterator[tuple[str, str]]:
    """Give the YAML files of the source that a service mounts, and configs written in place."""
    places = [str(each.get("source") or "") for each in service.get("volumes") or ()]
    for used in service.get("configs") or ():
        config = (model.get("configs") or {}).get(used.get("source")) or {}
        places.append(str(config.get("file") or ""))
        if config.get("content"):
            yield f"config {used['source']}", str(config["content"])
    for place in filter(None, places):
        if not inside(place, root):
            continue
        at = posixpath.relpath(place, root)
        below = "" if at == "." else f"{at}/"
        for path in source.files:
            if path == at or (path.startswith(below) and path.endswith(_FILES)):
                try:
                    yield path, source.text(path)
                except DocumentError:
                    continue  # whoever reads the platform says it
