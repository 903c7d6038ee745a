"""Both looks as the record of a bundle, from which later programmes take their earlier starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import plain
from tasks.domain.verification.records import bare, raw_of
from tasks.domain.verification.regressions.judging import Lookback, judge
from tasks.domain.verification.regressions.watches import (
    WATCHED,
    Former,
    Watch,
    samples_of,
    watch_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.evidence import Evidence


_ENDLESS = 1e18  # no start takes as many seconds, or bytes


def record_of(lookback: Lookback) -> dict[str, Any] | None:
    """Record the starts of the platform as it is, and what the looks say; None without any."""
    if not lookback.now:
        return None
    found = judge(lookback)
    return {
        "now": [bare(each) for each in lookback.now],
        "again": [bare(each) for each in lookback.again],
        "watch": planned(lookback.watch) if lookback.watch else None,
        "obstacle": lookback.obstacle,
        "reason": found.reason,
        "measures": plain(found.rows),
        "false_alarms": found.alarms,
        "false_suspicions": found.suspicions,
    }


def planned(watch: Watch) -> dict[str, Any]:
    """Give a watch's plain form, as the ledger and a bundle keep it."""
    return {**plain(watch), "then": [bare(each) for each in watch.then]}


def evidence_of(lookback: Lookback) -> Iterator[Evidence]:
    """Give the raw material of all its starts."""
    then = lookback.watch.then if lookback.watch else ()
    yield from raw_of((*then, *lookback.now, *lookback.again))


def lookback_of(record: Mapping[str, Any], raws: Mapping[str, Mapping[str, Any]]) -> Lookback:
    """Read a record back; ``raws`` is the raw material by digest.

    Raises:
        KeyError, TypeError, ValueError: it is not in the shape of one.
    """
    now, again = (samples_of(record[name], raws) for name in ("now", "again"))
    watch = watch_of(record["watch"], raws) if record["watch"] else None
    return Lookback(watch, now, again, record["reason"], record["obstacle"])


def former_of(document: Mapping[str, Any], raws: Mapping[str, Mapping[str, Any]]) -> Former:
    """Take the earlier starts from a bundle.

    Raises:
        KeyError, TypeError, ValueError: it has none, or none that can be compared.
    """
    samples = samples_of(document["performance"]["now"], raws)
    if not all(0 < each.measures[name] < _ENDLESS for each in samples for name in WATCHED):
        msg = "a start took nothing, or for ever"
        raise ValueError(msg)
    return Former(str(document["programme"]["id"]), samples)
