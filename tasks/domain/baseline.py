"""Baselines: findings that were there before, so that a gate stops only new ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Entry

VERSION = 1
FORMAT = "cmi-baseline"
_SHOWN = 3  # services, where a platform is named


class BaselineError(Exception):
    """The file is no baseline, or one of another platform; the message says what to do."""


class Assessed(Protocol):
    """What a baseline knows a platform by."""

    @property
    def entry(self) -> Entry | None:
        """How it is defined."""

    @property
    def services(self) -> tuple[str, ...]:
        """What runs in it, by name."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings of one platform at one time."""

    entry: str
    services: frozenset[str]
    ids: frozenset[str]


def write_baseline(platform: Assessed, findings: Sequence[Finding]) -> str:
    """Give the file's text: sorted, a finding a line, so that its own changes read well."""
    listed = [
        {"id": each.id, "check": each.check, "subject": each.subject, "file": each.place.file}
        for each in sorted(findings, key=lambda finding: finding.id)
    ]
    services = sorted(set(platform.services))
    head = {
        "format": FORMAT,
        "version": VERSION,
        "entry": _entry(platform),
        "services": services,
    }
    lines = ",\n".join(f"    {json.dumps(each, ensure_ascii=False)}" for each in listed)
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    return (
        f'{opening}, "findings": [\n{lines}\n]}}\n' if listed else f'{opening}, "findings": []}}\n'
    )


def read_baseline(name: str, text: str) -> Baseline:
    """Read a baseline's text.

    Raises:
        BaselineError: It is none, or of a version that we do not know.
    """
    try:
        return _parsed(json.loads(text))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = (
            f"{name} is not a baseline that this version can read. "
            f"Write it again with `cmi check --write-baseline {name}`."
        )
        raise BaselineError(msg) from error


def _parsed(raw: Any) -> Baseline:
    if (raw["format"], raw["version"]) != (FORMAT, VERSION):
        raise ValueError(raw["format"])
    ids = frozenset(str(each["id"]) for each in raw["findings"])
    return Baseline(str(raw["entry"]), frozenset(map(str, raw["services"])), ids)


def split(
    baseline: Baseline, platform: Assessed, findings: Sequence[Finding]
) -> tuple[tuple[Finding, ...], frozenset[str]]:
    """Give the findings that are new since ``baseline``, and the ids that are gone.

    Raises:
        BaselineError: The baseline is of another platform, so that all would seem new.
    """
    here = set(platform.services)
    related = here & baseline.services or not (here and baseline.services)
    if baseline.entry != _entry(platform) or not related:
        msg = (
            "The baseline belongs to another platform: its entry is "
            f"{_named(baseline.entry, baseline.services)}, "
            f"this one is {_named(_entry(platform), here)}. "
            "Write one of its own with `--write-baseline`."
        )
        raise BaselineError(msg)
    new = tuple(each for each in findings if each.id not in baseline.ids)
    return new, baseline.ids - {each.id for each in findings}


def _named(entry: str, services: Iterable[str]) -> str:
    """Name a platform by what tells it from others: many have an entry of the same name."""
    names = sorted(services)
    more = ", …" if len(names) > _SHOWN else ""
    return f"{entry} ({', '.join(names[:_SHOWN])}{more})" if names else entry


def _entry(platform: Assessed) -> str:
    return platform.entry.id if platform.entry else ""
