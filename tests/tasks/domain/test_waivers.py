from __future__ import annotations

import datetime as dt

import pytest

from tasks.domain.findings import Finding, Severity
from tasks.domain.platform.nodes import Place
from tasks.domain.waivers import Waiver, apply_waivers

TODAY = dt.date(2027, 1, 15)
_FINDING = Finding(
    "privileged-container-1",
    "privileged-container",
    Severity.CRITICAL,
    "console",
    Place("deploy/compose.yaml", 7, 5),
    "services.console.privileged",
)


def _waiver(
    place: str = "console",
    expires: dt.date = dt.date(2027, 6, 1),
    check: str = "privileged-container",
) -> Waiver:
    return Waiver(check, place, "ops", "By hand only", expires, Place("cmi.yaml", 3, 5))


@pytest.mark.parametrize(
    "place", ["console", "con*", "deploy/compose.yaml", "deploy/*", "services.console.*", "*"]
)
def test_a_place_is_a_pattern_over_file_subject_or_path(place: str) -> None:
    (found,) = apply_waivers([_FINDING], [_waiver(place)], TODAY).findings

    assert found.waived == "By hand only (ops, 2027-06-01)"


@pytest.mark.parametrize(
    "waiver", [_waiver("web"), _waiver("compose.yaml"), _waiver(check="runs-as-root")]
)
def test_a_waiver_for_something_else_is_reported_and_changes_nothing(waiver: Waiver) -> None:
    waived = apply_waivers([_FINDING], [waiver], TODAY)

    assert waived.findings == (_FINDING,)
    assert waived.unmatched == (waiver,)


def test_a_waiver_holds_through_its_last_day_and_no_longer() -> None:
    last_day = apply_waivers([_FINDING], [_waiver(expires=TODAY)], TODAY)
    day_after = apply_waivers([_FINDING], [_waiver(expires=TODAY - dt.timedelta(days=1))], TODAY)

    assert last_day.findings[0].waived
    assert not last_day.lapsed
    assert not day_after.findings[0].waived
    assert len(day_after.lapsed) == 1
    assert not day_after.unmatched


@pytest.mark.parametrize(("days", "warned"), [(14, 1), (15, 0)])
def test_a_waiver_that_soon_lapses_is_announced(days: int, warned: int) -> None:
    waiver = _waiver(expires=TODAY + dt.timedelta(days=days))

    assert len(apply_waivers([_FINDING], [waiver], TODAY).lapsing) == warned


def test_of_two_waivers_the_one_that_holds_is_used() -> None:
    lapsed = _waiver(expires=TODAY - dt.timedelta(days=1))

    assert apply_waivers([_FINDING], [lapsed, _waiver()], TODAY).findings[0].waived


def test_a_lapsed_waiver_with_nothing_left_to_cover_is_only_to_be_removed() -> None:
    waiver = _waiver("gone", expires=TODAY - dt.timedelta(days=1))

    waived = apply_waivers([_FINDING], [waiver], TODAY)

    assert waived.unmatched == (waiver,)
    assert not waived.lapsed


def test_when_to_warn_can_be_chosen() -> None:
    waiver = _waiver(expires=TODAY + dt.timedelta(days=30))

    assert apply_waivers([_FINDING], [waiver], TODAY, dt.timedelta(days=30)).lapsing == (waiver,)
    assert not apply_waivers([_FINDING], [waiver], TODAY, dt.timedelta(days=29)).lapsing
