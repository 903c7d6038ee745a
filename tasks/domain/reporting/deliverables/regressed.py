"""What became worse since an earlier programme: a section of the performance baseline."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tasks.domain.reporting.deliverables.phrases import columns, names
from tasks.domain.reporting.markdown import bullets, code, sentence, table
from tasks.domain.sentences import in_language
from tasks.domain.verification.regressions.judging import figure, judge
from tasks.domain.verification.regressions.watches import others

if TYPE_CHECKING:
    from tasks.domain.reporting.texts import Wording
    from tasks.domain.verification.regressions.judging import Judged, Lookback, Row
    from tasks.domain.verification.regressions.watches import Watch


def regressed(lookback: Lookback, say: Wording) -> str:
    """Write the section: both looks, what they may be wrong with, and what they can see."""
    found, heading = judge(lookback), f"## {say('regression.title')}"
    if lookback.watch is None or found.reason:
        reason = sentence(in_language(found.reason, say.language)) or say("dash")
        return f"{heading}\n\n{say('regression.nothing', reason=reason)}"
    watch = lookback.watch
    rows = [_row(each, say) for each in found.rows]
    return "\n\n".join(
        (
            heading,
            _summary(lookback, watch, say),
            table(columns(say("regression.table")), rows),
            bullets(_rules(lookback, watch, found, say)),
        )
    )


def _summary(lookback: Lookback, watch: Watch, say: Wording) -> str:
    day = dt.datetime.fromtimestamp(watch.then[0].at, dt.UTC).date().isoformat()
    counts = {"then": len(watch.then), "now": len(lookback.now), "again": len(lookback.again)}
    return say("regression.summary", programme=code(watch.former), day=day, **counts)


def _row(row: Row, say: Wording) -> list[str]:
    return [
        say(f"performance.measure.{row.measure}"),
        figure(row.then, row.measure),
        figure(row.now, row.measure),
        say("dash") if row.again is None else figure(row.again, row.measure),
        f"{100 * row.grown:+.0f} %",
        f"{100 * row.margin:.0f} %",
        say(f"regression.standing.{row.standing}"),
        say("dash") if row.seen_from is None else f"{100 * row.seen_from:.0f} %",
    ]


def _rules(lookback: Lookback, watch: Watch, found: Judged, say: Wording) -> list[str]:
    bars, budget = watch.bars, watch.budget
    first = say(
        "regression.first",
        n=len(watch.margins),
        chance=f"{100 * bars.chance:.1f}",
        year=f"{found.suspicions:.0f}",
        programmes=f"{budget.programmes:g}",
    )
    second = say(
        "regression.second",
        starts=watch.second,
        chance=f"{100 * bars.both:.3f}",
        year=f"{found.alarms:.2f}",
        budget=f"{budget.alarms:g}",
        programmes=f"{budget.programmes:g}",
    )
    changed = others(watch.then, lookback.now)
    images = say("regression.images", names=names(changed, say))
    return [
        first,
        second if watch.second else say("regression.once"),
        say("regression.sees"),
        images if changed else say("regression.same_images"),
        say("regression.cannot"),
    ]
