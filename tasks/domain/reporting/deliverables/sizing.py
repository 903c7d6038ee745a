"""Sizes from measured use: ours beside the common rule, with what each costs and kills.

And the load under which they were measured, with the waits of whoever sent it. Once the changed
copy bore that load again, the same document says what became of the sizes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.deliverables.phrases import columns, names
from tasks.domain.reporting.deliverables.soaked import Outcome, sections
from tasks.domain.reporting.markdown import bullets, code, document, escape, table
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.verification.sizing import MEBIBYTE
from tasks.domain.verification.sizings import monthly, short, sizings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasks.domain.verification.load.latencies import Borne
    from tasks.domain.verification.sizing import Prices, Size
    from tasks.domain.verification.sizings import Sizing, Tried, Use


def sizing_report(
    entry: str,
    uses: Sequence[Use],
    borne: Sequence[Borne],
    prices: Prices | None,
    outcome: Outcome | None = None,
) -> Deliverable:
    """Write the deliverable ``sizing-report``; without ``outcome`` no size was tried yet."""
    found, brief = sizings(uses, prices), short(uses)
    texts = {}
    for each in LANGUAGES:
        say = wording(each, "deliverables")
        tried = tuple(sections(outcome, say)) if outcome else ()
        texts[each] = _text(entry, found, brief, borne, say, tried)
    return Deliverable("sizing-report", texts)


def _text(  # noqa: PLR0913, PLR0917  # parts of one page
    entry: str,
    found: Sequence[Sizing],
    brief: Sequence[str],
    borne: Sequence[Borne],
    say: Wording,
    tried: Sequence[str],
) -> str:
    missing = say("sizing.short", names=names(brief, say)) if brief else ""
    title = say("sizing.title", entry=escape(entry))
    if not found:
        return document(title, say("sizing.nothing"), missing)
    rows = [row for each in found for row in _rows(each, say)]
    return document(
        title,
        say("sizing.summary", len(found)),
        table(columns(say("sizing.table")), rows),
        _months(found, say),
        f"## {say('sizing.proposed')}",
        table(
            columns(say("sizing.proposed_table")),
            [[code(each.service), *_figures(each.proposed, say)] for each in found],
        ),
        missing,
        *tried,
        *_load(borne, say),
        bullets(say(f"sizing.{each}") for each in ("memory", "cores", *_basis(borne))),
    )


def _basis(borne: Sequence[Borne]) -> tuple[str, ...]:
    return ("under_load",) if borne else ("cannot",)


def _load(borne: Sequence[Borne], say: Wording) -> Iterator[str]:
    """Say what each probe with a rate met; nothing when none has one."""
    if borne:
        yield f"## {say('sizing.load')}"
        yield table(columns(say("sizing.load_table")), [_met(each, say) for each in borne])
        yield say("sizing.load_waits")


def _met(borne: Borne, say: Wording) -> list[str]:
    found = borne.found
    waits = ("—" if wait is None else f"{1000 * wait:.0f}" for wait in found.quantiles.values())
    counts = (f"{found.offered:.1f}", f"{found.throughput:.1f}", str(found.errors))
    trusted = say("sizing.in_time" if found.trusted else "sizing.late")
    return [escape(borne.probe), code(borne.service), *counts, *waits, trusted]


def _rows(found: Sizing, say: Wording) -> list[list[str]]:
    return [
        [code(found.service), say("sizing.ours"), *_tried(found.ours, say)],
        ["", say("sizing.usual"), *_tried(found.usual, say)],
    ]


def _tried(tried: Tried, say: Wording) -> list[str]:
    cost = say("dash") if tried.month is None else f"{tried.month:.2f}"
    killed = say("sizing.killed" if tried.killed else "sizing.lived")
    return [*_figures(tried.size, say), killed, f"{100 * tried.throttled:.1f} %", cost]


def _figures(size: Size, say: Wording) -> list[str]:
    limit = say("none") if size.cpu_limit is None else f"{size.cpu_limit:.2f}"
    memory = (size.memory_request, size.memory_limit)
    return [*(f"{each // MEBIBYTE} MiB" for each in memory), f"{size.cpu_request:.2f}", limit]


def _months(found: Sequence[Sizing], say: Wording) -> str:
    ours, usual = monthly(each.ours for each in found), monthly(each.usual for each in found)
    if ours is None or usual is None:
        return say("sizing.unpriced")
    return say("sizing.months", ours=f"{ours:.2f}", usual=f"{usual:.2f}")
