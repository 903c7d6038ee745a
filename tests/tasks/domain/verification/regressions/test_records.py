from __future__ import annotations

import json

import pytest

from tasks.domain.canonical import plain
from tasks.domain.verification.regressions.judging import Lookback
from tasks.domain.verification.regressions.records import (
    evidence_of,
    former_of,
    lookback_of,
    record_of,
)
from tests.regressed import lookback


def test_a_record_is_read_back_with_the_raw_material_and_says_the_same_again() -> None:
    found = lookback()
    record = record_of(found)
    raws = {each.digest: json.loads(each.data) for each in evidence_of(found)}
    assert record is not None

    read = lookback_of(json.loads(json.dumps(record)), raws)

    assert plain(read.now) == plain(found.now)
    assert record_of(read) == record
    assert len(raws) == len(found.now) + len(found.again) + 6
    assert "raw" not in record["now"][0]


def test_without_starts_there_is_no_record() -> None:
    assert record_of(Lookback(reason="no engine")) is None


def test_a_later_programme_takes_the_starts_of_now_as_its_earlier_ones() -> None:
    found = lookback()
    raws = {each.digest: json.loads(each.data) for each in evidence_of(found)}
    document = {"programme": {"id": "run-1"}, "performance": record_of(found)}

    former = former_of(document, raws)

    assert former.programme == "run-1"
    assert plain(former.samples) == plain(found.now)


@pytest.mark.parametrize(
    "measures",
    [{"green": 0.0}, {}, {"green": "x"}, {"green": float("inf")}, {"green": 1.0}],
)
def test_starts_that_took_nothing_are_refused(measures: dict[str, object]) -> None:
    record = record_of(lookback())
    assert record is not None
    record["now"][0]["measures"] = measures

    with pytest.raises((ValueError, TypeError, KeyError)):
        former_of({"programme": {"id": "run-1"}, "performance": record}, {})
