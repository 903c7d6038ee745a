"""What a run did not look at, whatever the cause: inputs, proofs, cells and figures too.

Nothing of it counts as clean, so all of it is counted, with the reason and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.reporting.records import NO_PROOF
from tasks.domain.sentences import in_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tasks.domain.reporting.records import Record
    from tasks.domain.reporting.texts import Wording

KINDS = ("input", "platform", "proof", "cell", "figure")


@dataclass(frozen=True, slots=True)
class Missing:
    """Things that were not assessed for one reason, said in the reader's language."""

    kind: str  # one of `KINDS`
    title: str
    items: tuple[str, ...]
    reason: str
    remedy: str


def unassessed(document: Record, say: Wording) -> tuple[Missing, ...]:
    """List everything that was not assessed, what the user can mend first."""
    parts = (_inputs, _platform, _proofs, _cells, _figures)
    return tuple(each for part in parts for each in part(document, say))


def counted(missing: Iterable[Missing]) -> Mapping[str, int]:
    """Count what was not assessed by kind, in the order of `KINDS`; none is left out."""
    found = dict.fromkeys(KINDS, 0)
    for each in missing:
        found[each.kind] += len(each.items)
    return {kind: count for kind, count in found.items() if count}


def _inputs(document: Record, say: Wording) -> Iterator[Missing]:
    reasons: dict[str, list[str]] = {}
    for each in document["unread"]:
        reasons.setdefault(each["reason"], []).append(f"{each['file']}:{each['line']}")
    for reason, places in reasons.items():
        said = in_language(reason, say.language)
        remedy = say("unknown.remedies.input")
        yield Missing("input", say("unknown.titles.input"), tuple(places), said, remedy)


def _platform(document: Record, say: Wording) -> Iterator[Missing]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in document["not_assessed"]:
        what = in_language(each["what"], say.language)
        reasons.setdefault((each["reason"], each["remedy"]), []).append(what)
    for (reason, remedy), whats in reasons.items():
        title = whats[0] if len(whats) == 1 else say("unknown.titles.platform")
        said = (in_language(each, say.language) for each in (reason, remedy))
        yield Missing("platform", title, tuple(whats), *said)


def _proofs(document: Record, say: Wording) -> Iterator[Missing]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for change in document["candidates"]:
        for part, proof in change["proofs"].items():
            if proof["state"] == "not assessed":
                reasons.setdefault((part, proof["reason"]), []).append(change["id"])
    for (part, reason), changes in reasons.items():
        title = say("unknown.titles.proof", proof=say(f"proof.{part}"))
        remedy = say("unknown.remedies.proof") if reason == NO_PROOF else ""
        yield Missing("proof", title, tuple(changes), in_language(reason, say.language), remedy)


def _cells(document: Record, say: Wording) -> Iterator[Missing]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for cell in document["cells"]:
        if cell["state"] != "done":
            reasons.setdefault((cell["state"], cell["reason"]), []).append(cell["id"])
    for (state, reason), cells in reasons.items():
        key = "not_built" if state == "not built" else "unfinished"
        said = in_language(reason, say.language) or say(f"unknown.reasons.{key}")
        title, remedy = say(f"unknown.titles.{key}"), say(f"unknown.remedies.{key}")
        yield Missing("cell", title, tuple(cells), said, remedy)


def _figures(document: Record, say: Wording) -> Iterator[Missing]:
    names = [say(f"kpis.{each['id']}.name") for each in document["kpis"] if each["value"] is None]
    if names:
        reason, remedy = say("unknown.reasons.figure"), say("unknown.remedies.figure")
        yield Missing("figure", say("unknown.titles.figure"), tuple(names), reason, remedy)
