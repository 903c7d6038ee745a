"""What became worse is believed by its starts alone."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.audit.regressions import audit
from tasks.domain.audit.whole import audit as audit_whole
from tasks.domain.reporting.bundle import Bundle
from tasks.domain.reporting.schemas import complaints
from tasks.domain.verification.regressions.records import evidence_of, record_of
from tests.forgeries import closed, named
from tests.regressed import lookback, on

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.domain.verification.regressions.judging import Lookback


def honest(found: Lookback) -> Bundle:
    return closed(performance=record_of(found), evidence=tuple(evidence_of(found)))


@pytest.mark.parametrize(
    "found",
    [
        lookback(),
        lookback(now=1.0, again=None),
        lookback(quick=True, again=None),
        on(lookback(), engine="27.0"),
    ],
    ids=["worse", "fine", "quick", "another engine"],
)
def test_an_honest_bundle_is_believed(found: Lookback) -> None:
    made = honest(found)

    assert complaints("bundle", made.document) == []
    assert named(audit(made)) == ""
    assert named(audit_whole(made, "0.1.0")) == ""


def test_a_bundle_without_a_copy_has_nothing_to_say() -> None:
    made = closed()

    assert made.document["performance"] is None
    assert list(audit(made)) == []


def acquitted(record: dict[str, Any]) -> None:
    record["measures"][0]["standing"] = "fine"


def milder(record: dict[str, Any]) -> None:
    record["measures"][0]["grown"] = 0.01


def fewer_alarms(record: dict[str, Any]) -> None:
    record["false_alarms"] = 0.001


def larger_budget(record: dict[str, Any]) -> None:
    record["watch"]["budget"]["alarms"] = 50.0


def wider_margin(record: dict[str, Any]) -> None:
    record["watch"]["margins"]["green"] = 0.5


def slower_then(record: dict[str, Any]) -> None:
    for each in record["watch"]["then"]:
        each["measures"]["green"] *= 2


def faster_now(record: dict[str, Any]) -> None:
    record["now"][0]["measures"]["green"] = 1.0


def first_again(record: dict[str, Any]) -> None:
    """Let the starts that raised the suspicion confirm it."""
    record["again"] = [*record["now"], *record["now"]]


def one_left_out(record: dict[str, Any]) -> None:
    del record["again"][3]


def one_more(record: dict[str, Any]) -> None:
    record["again"].append(record["again"][0])


def endless(record: dict[str, Any]) -> None:
    record["watch"]["second"] = 10**9


def nameless(record: dict[str, Any]) -> None:
    record["now"][2]["evidence"] = []


def excused(record: dict[str, Any]) -> None:
    record["reason"] = "no earlier programme of this platform measured its starts"


@pytest.mark.parametrize(
    "forge",
    [
        acquitted,
        milder,
        fewer_alarms,
        larger_budget,
        wider_margin,
        slower_then,
        faster_now,
        first_again,
        one_left_out,
        one_more,
        endless,
        nameless,
        excused,
    ],
)
def test_what_the_starts_do_not_say_is_noticed(forge: Callable[[dict[str, Any]], None]) -> None:
    made = honest(lookback())
    document = deepcopy(dict(made.document))
    forge(document["performance"])

    assert "performance" in named(audit(Bundle(document, made.files)))


def test_a_careful_forger_is_found_out_by_the_raw_material() -> None:
    """He judges again from the starts that he made up, and forgets only what they rest on."""
    made, other = honest(lookback()), lookback(now=1.0, again=None)
    document = deepcopy(dict(made.document))
    record = json.loads(json.dumps(record_of(other)))
    for each, real in zip(record["now"], made.document["performance"]["now"], strict=True):
        each["evidence"] = real["evidence"]
    document["performance"] = record

    assert "start 1 is not what its evidence says" in named(audit(Bundle(document, made.files)))
