"""What a manager reads first, computed from the index of a bundle alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain import kpis
from tasks.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.reporting.records import Record


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one check and severity: one line of the overview, one section below."""

    anchor: str
    check: str
    severity: str
    texts: Record
    findings: tuple[Record, ...]
    open: tuple[Record, ...]
    subjects: int  # services with an open one
    fixes: int  # changes that would close an open one


def platform_name(document: Record) -> str:
    """Name the platform as its folder is named: a path says more than readers need to know."""
    source = str(document["programme"]["source"]).replace("\\", "/").rstrip("/")
    name = source.rpartition("/")[2].removesuffix(".git")
    return name if name not in ("", ".", "..") else str(document["programme"]["entry"])


def batch_name(document: Record) -> str:
    """Name the repetition, when somebody gave it a name; a run's own id is none."""
    programme = document["programme"]
    return "" if programme["batch"] == programme["id"] else str(programme["batch"])


def service_of(subject: str) -> str:
    """Name the service of a subject: ``web/init`` is a container of ``web``."""
    return subject.partition("/")[0]


def closed_by_accepted(document: Record) -> frozenset[str]:
    """List the findings that accepted changes close."""
    return frozenset(
        each
        for candidate in document["candidates"]
        if candidate["state"] == "accepted"
        for each in candidate["closes"]
    )


def open_findings(document: Record) -> list[Record]:
    """List findings that no owner waived and no accepted change closes, worst first."""
    closed = closed_by_accepted(document)
    found = (f for f in document["findings"] if not f["waived"] and f["id"] not in closed)
    return sorted(found, key=lambda f: _rank(f["severity"]))


def by_severity(findings: Sequence[Record]) -> dict[str, int]:
    """Count findings by severity, every severity named."""
    counted = Counter(each["severity"] for each in findings)
    return {severity.value: counted[severity.value] for severity in Severity}


def verdict(document: Record) -> str:
    """Pick the sentence that comes first: urgent, act, improve, incomplete or clean.

    What could not be read is never counted as clean.
    """
    found = by_severity(open_findings(document))
    if found["critical"]:
        return "urgent"
    if found["high"]:
        return "act"
    if any(found.values()):
        return "improve"
    missing = document["unread"] or any(each["input"] for each in document["not_assessed"])
    return "incomplete" if missing else "clean"


def verdict_count(document: Record) -> int:
    """Count what the sentence of `verdict` speaks of."""
    found = by_severity(open_findings(document))
    return found["critical"] or found["high"] or sum(found.values())


def groups(document: Record) -> list[Group]:
    """Group findings by check and severity, worst and most frequent first."""
    still_open = {each["id"] for each in open_findings(document)}
    closable = fixes_by_finding(document)
    gathered: dict[tuple[str, str], list[Record]] = {}
    for finding in document["findings"]:
        gathered.setdefault((finding["severity"], finding["check"]), []).append(finding)
    order = sorted(gathered, key=lambda key: (_rank(key[0]), -len(gathered[key]), key[1]))
    return [
        _group(f"group-{number}", gathered[key], still_open, closable)
        for number, key in enumerate(order, start=1)
    ]


def fixes_by_finding(document: Record) -> dict[str, list[str]]:
    """Name the changes that would close each finding; rejected ones would not."""
    found: dict[str, list[str]] = {}
    for candidate in document["candidates"]:
        if candidate["state"] != "rejected":
            for each in candidate["closes"]:
                found.setdefault(each, []).append(candidate["id"])
    return found


def best_first(document: Record) -> list[Record]:
    """Order candidates by the worst finding they close, then by how many."""
    rank = {each["id"]: _rank(each["severity"]) for each in document["findings"]}
    last = len(Severity)

    def key(candidate: Record) -> tuple[int, int, str]:
        ranks = [rank.get(each, last) for each in candidate["closes"]]
        return min(ranks, default=last), -len(ranks), candidate["id"]

    return sorted(document["candidates"], key=key)


@dataclass(frozen=True, slots=True)
class Sooner:
    """How much sooner the changed platform works after its start: percent, with its interval.

    A bound is None when the experiment was too short for one on that side.
    """

    share: float
    low: float | None
    high: float | None
    pairs: int


def sooner(document: Record) -> Sooner | None:
    """Give the time that starts save, where an experiment showed it."""
    found = kpis.sooner(document["experiments"])
    if found is None:
        return None
    _, ratio = found
    low, high = (_less(ratio[name]) for name in ("high", "low"))
    return Sooner(_less(ratio["value"]), low, high, ratio["pairs"])


def _less(ratio: float | None) -> Any:
    return None if ratio is None else round(100 * (1 - ratio), 1)


def _group(
    anchor: str, found: list[Record], still_open: set[str], closable: dict[str, list[str]]
) -> Group:
    is_open = tuple(each for each in found if each["id"] in still_open)
    return Group(
        anchor,
        found[0]["check"],
        found[0]["severity"],
        found[0]["texts"],
        tuple(found),
        is_open,
        len({service_of(each["subject"]) for each in is_open}),
        len({fix for each in is_open for fix in closable.get(each["id"], ())}),
    )


def _rank(severity: str) -> int:
    return Severity(severity).rank
