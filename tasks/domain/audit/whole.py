"""The whole audit of a bundle, and its comparison with a second look at the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.audit import (
    Disagreement,
    experiments,
    figures,
    files,
    records,
    regressions,
    scenarios,
)
from tasks.domain.reporting.bundle import static_parts
from tasks.domain.reporting.schemas import complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record


def audit(bundle: Bundle, version: str) -> tuple[Disagreement, ...]:
    """Check a bundle by itself.

    Args:
        bundle: What was read; nothing in it is trusted.
        version: Ours. Another version's reports are checked by their hashes only.
    """
    broken = complaints("bundle", bundle.document)
    if broken:
        # Nothing else can be looked up in a document of another shape.
        return tuple(Disagreement("bundle.json", each) for each in broken)
    return tuple(_rules(bundle, version))


def _rules(bundle: Bundle, version: str) -> Iterator[Disagreement]:
    for rule in (files, records, figures, experiments, scenarios, regressions):
        yield from rule.audit(bundle)
    if bundle.document["version"] == version:
        yield from files.reports(bundle)


def compare(said: Record, again: Record, cut: Record) -> Iterator[Disagreement]:
    """Compare a bundle's index with one made ``again`` from the same source.

    ``cut`` has the excerpts that this source gives, by the id of the finding.
    """
    ours, theirs = static_parts(said), static_parts(again)
    for name in ("version", "source", "entry"):
        if ours[name] != theirs[name]:
            yield Disagreement(name, f"is {ours[name]}; looked at again it is {theirs[name]}")
    for name in ("findings", "candidates"):
        yield from _listed(name, ours[name], theirs[name])
    for each in said["findings"]:
        if each.get("excerpt") not in (None, cut.get(each["id"])):
            yield Disagreement(f"findings[{each['id']}].excerpt", "is not what the source says")
    for name in ("platform", "unread", "not_assessed"):
        if ours[name] != theirs[name]:
            yield Disagreement(name, "is another when the source is read again")


def _listed(name: str, said: list[Record], again: list[Record]) -> Iterator[Disagreement]:
    ours, theirs = ({each["id"]: each for each in part} for part in (said, again))
    for each in sorted(ours.keys() - theirs.keys()):
        yield Disagreement(f"{name}[{each}]", "does not follow from the source")
    for each in sorted(theirs.keys() - ours.keys()):
        yield Disagreement(f"{name}[{each}]", "follows from the source and is not in the bundle")
    for each in sorted(ours.keys() & theirs.keys()):
        if ours[each] != theirs[each]:
            yield Disagreement(f"{name}[{each}]", "is another when the source is read again")
