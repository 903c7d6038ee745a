from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.domain.canonical import plain
from tasks.domain.reporting.bundle import Run
from tasks.domain.reporting.html import report
from tasks.domain.reporting.summary import by_severity, open_findings
from tasks.domain.reporting.trend import BAR_WIDTH, Former, former, trend
from tests.bundles import bundle

_RUN = Run("run-1", "night-1", "shop", "ab" * 32, "2027-01-03T02:30:00+00:00")
_MONDAY = Former("r-1", "night", "2027-01-01T02:30:00+00:00", "0.1.0", {"critical": 1, "low": 3})
_TUESDAY = Former("r-2", "r-2", "2027-01-02T02:30:00+00:00", "0.1.0", {"low": 3}, 2)


def _document(*formers: Former) -> dict[str, object]:
    return bundle(run=replace(_RUN, former=formers)).document


def test_the_first_programme_has_no_trend() -> None:
    assert trend(_document()) == ()
    assert 'id="trend"' not in report(bundle(run=_RUN), "en")


def test_each_programme_is_compared_with_the_one_before() -> None:
    document = _document(_MONDAY, _TUESDAY)
    now = len(open_findings(document))

    steps = trend(document)

    assert [each.total for each in steps] == [4, 3, now]
    assert [each.change for each in steps] == [None, -1, now - 3]
    assert [each.current for each in steps] == [False, False, True]
    assert [each.batch for each in steps] == ["night", "", "night-1"]


def test_the_bars_have_the_proportions_of_the_counts() -> None:
    steps = trend(_document(_MONDAY, _TUESDAY))
    longest = max(each.total for each in steps)

    for step in steps:
        widths = {severity: width for severity, _, width in step.bars}
        assert sum(widths.values()) == pytest.approx(BAR_WIDTH * step.total / longest, abs=1)
        for severity, width in widths.items():
            assert width == pytest.approx(BAR_WIDTH * step.found[severity] / longest, abs=0.1)
        ends = [0.0, *(begin + width for _, begin, width in step.bars)]
        begins = [begin for _, begin, _ in step.bars]
        assert begins == [pytest.approx(end, abs=0.2) for end in ends[: len(begins)]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_shows_every_programme_with_its_day_and_count(language: str) -> None:
    page = report(bundle(run=replace(_RUN, former=(_MONDAY, _TUESDAY))), language)

    section = page.partition('<section id="trend"')[2].partition("</section>")[0]
    assert section.count('<th scope="row">') == 3
    for day in ("2027-01-01", "2027-01-02", "2027-01-03"):
        assert day in section
    assert '<a href="#trend">' in page


def test_a_former_bundle_tells_its_open_findings() -> None:
    document = plain(bundle().document)

    told = former(document, "run-1")

    assert told is not None
    assert told.found == by_severity(open_findings(document))
    assert told.changes == len(document["candidates"])


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"programme": None},
        {"programme": {"id": "run-1", "batch": "b"}, "version": "1", "findings": 3},
    ],
)
def test_what_is_no_bundle_tells_nothing(document: object) -> None:
    assert former(document, "run-1") is None


def test_a_bundle_that_another_run_has_replaced_tells_nothing() -> None:
    assert former(bundle().document, "another") is None
