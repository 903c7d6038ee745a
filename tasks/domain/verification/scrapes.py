"""Where Prometheus is told to scrape: marks of a service or pod, and its own configuration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.documents import DocumentError, parse
from tasks.domain.platform.kubernetes.plain import plain_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PATH = "/metrics"
_MARK = re.compile(r"prometheus\.io/(scrape|port|path|scheme)")
_SECTION = "scrape_configs"
_ADDRESS = re.compile(r"(?P<host>[A-Za-z0-9][\w.-]*)(?::(?P<port>\d{1,5}))?")
# Whoever shows a password or a certificate, or asks for another host's metrics, is not imitated.
_OTHERWISE = frozenset(
    """
    authorization basic_auth bearer_token bearer_token_file oauth2 params proxy_url sigv4
    tls_config
    """.split()  # noqa: SIM905  # quotes hide the words
)
_MOVED = frozenset({"__address__", "__metrics_path__", "__scheme__"})
_PLAIN = re.compile(r"[\w./~-]+")
_HTTP = 80
_MOST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Scrape:
    """Where metrics are said to be; an empty ``host`` is whoever reads the configuration."""

    host: str
    port: int
    path: str = PATH


def marked(marks: Mapping[str, str], ports: Iterable[int] = ()) -> Scrape | None:
    """Read the marks by which Prometheus finds whom to scrape; without a port, the only one."""
    found = {match[1]: text.strip() for k, text in marks.items() if (match := _MARK.fullmatch(k))}
    if found.get("scrape", "").lower() != "true" or found.get("scheme", "http") != "http":
        return None
    known = tuple(dict.fromkeys(ports))
    port = _port(found["port"]) if "port" in found else known[0] if len(known) == 1 else 0
    path = rooted(found.get("path") or PATH)
    return Scrape("", port, path) if port and path else None


def configured(file: str, text: str) -> Iterator[Scrape]:
    """Read the targets that a configuration of Prometheus names; nothing if it is none."""
    if _SECTION not in text:
        return
    try:
        documents = parse(file, text)
    except DocumentError:
        return  # whoever reads the platform says it
    for document in documents:
        told = plain_value(document.root) if document.root is not None else None
        jobs = told.get(_SECTION) if isinstance(told, dict) else None
        for job in jobs if isinstance(jobs, list) else ():
            if isinstance(job, dict) and not _otherwise(job):
                yield from _targets(job)


def rooted(path: str) -> str:
    """Give a path as it is asked for; nothing for one that holds more, which may be a secret."""
    return f"/{path.removeprefix('/')}" if _PLAIN.fullmatch(path) else ""


def _otherwise(job: Mapping[str, Any]) -> bool:
    rules = job.get("relabel_configs") or ()
    moved = {rule.get("target_label") for rule in rules if isinstance(rule, dict)}
    return bool(_OTHERWISE & job.keys() or _MOVED & moved or job.get("scheme", "http") != "http")


def _targets(job: Mapping[str, Any]) -> Iterator[Scrape]:
    path = rooted(str(job.get("metrics_path") or PATH))
    if not path:
        return
    for group in _mappings(job.get("static_configs")):
        for target in group.get("targets") or ():
            match = _ADDRESS.fullmatch(str(target))
            if match and (port := _port(match["port"] or str(_HTTP))):
                yield Scrape(_host(match["host"]), port, path)
    for group in _mappings(job.get("dns_sd_configs")):
        port = _port(str(group.get("port")))
        for name in group.get("names") or () if port else ():
            yield Scrape(_host(str(name)), port, path)


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    yield from (each for each in (value if isinstance(value, list) else ()) if _is_one(each))


def _is_one(value: Any) -> bool:
    return isinstance(value, dict)


def _host(name: str) -> str:
    """Give the name by which the platform knows a host: the first part, behind Swarm's prefix."""
    plain = name.removeprefix("tasks.")
    return "" if plain in {"localhost", "127.0.0.1"} else plain.partition(".")[0]


def _port(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < len("100000") else 0
    return number if number <= _MOST_PORT else 0
