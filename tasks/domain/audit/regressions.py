"""Audit of the starts of the platform as it is: both looks again, from the raw material."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tasks.domain.audit import Disagreement
from tasks.domain.verification.regressions.looks import TooFewError
from tasks.domain.verification.regressions.records import lookback_of, record_of
from tasks.domain.verification.regressions.watches import PLAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record
    from tasks.domain.verification.experiments.judgement import Sample
    from tasks.domain.verification.regressions.judging import Lookback

_WHERE = "performance"


def audit(bundle: Bundle) -> Iterator[Disagreement]:
    """Believe no figure: starts and watch give them again, and each start its raw material."""
    record = bundle.document[_WHERE]
    if record is None:
        return
    raws = _raws(bundle, record)
    try:
        lookback = lookback_of(record, raws)
        again = record_of(lookback)
    except (LookupError, TypeError, ValueError, ArithmeticError, TooFewError) as error:
        yield Disagreement(_WHERE, f"cannot be judged from its starts: {error!r}")
        return
    for name in sorted({*record, *(again or {})}):
        if record.get(name) != (again or {}).get(name):
            yield Disagreement(f"{_WHERE}.{name}", "is not what its starts say")
    yield from _planned(lookback)


def _planned(lookback: Lookback) -> Iterator[Disagreement]:
    """Each start is what its evidence says, at its place; there are no more than were planned."""
    watch = lookback.watch
    if watch is not None and len(lookback.again) > watch.second:
        what = f"has {len(lookback.again)} starts; {watch.second} were planned"
        yield Disagreement(f"{_WHERE}.again", what)
    for name, samples in (
        ("watch.then", watch.then if watch else ()),
        ("now", lookback.now),
        ("again", lookback.again),
    ):
        for number, each in enumerate(samples, start=1):
            if each.position != number or not _proven(each, fresh=name == "again"):
                what = f"start {number} is not what its evidence says"
                yield Disagreement(f"{_WHERE}.{name}", what)


def _proven(sample: Sample, *, fresh: bool) -> bool:
    said = {"position": sample.position, "measures": dict(sample.measures)}
    own = sample.raw.get("plan") == PLAN
    return own is fresh and {name: sample.raw.get(name) for name in said} == said


def _raws(bundle: Bundle, record: Record) -> dict[str, Mapping[str, Any]]:
    """Read the evidence that the record's starts name, by its digest."""
    listed = (record["now"], record["again"], (record["watch"] or {}).get("then", ()))
    wanted = {digest for samples in listed for each in samples for digest in each["evidence"]}
    found: dict[str, Mapping[str, Any]] = {}
    for digest in wanted:
        try:
            raw = json.loads(bundle.files.get(f"evidence/{digest}.json", b""))
        except (ValueError, RecursionError):
            continue
        if isinstance(raw, dict):
            found[digest] = raw
    return found
