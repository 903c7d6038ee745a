from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tasks.domain.reporting.deliverables.regressed import regressed
from tasks.domain.reporting.texts import wording
from tasks.domain.verification.regressions.judging import Lookback
from tests.regressed import HERE, lookback, starts


def text(found: Lookback, language: str = "en") -> str:
    return regressed(found, wording(language, "deliverables"))


def test_it_tells_what_grew_and_what_both_looks_may_be_wrong_with() -> None:
    told = text(lookback())

    assert "programme `run-0` of 1970-01-01: 6 starts then, 6 now, and 12 fresh ones" in told
    assert re.search(r"every probe was green \| 10\.05 s \| 13\.07 s .* \| \+30 % \| 10 % \|", told)
    assert told.count("worse: confirmed") == 2
    assert told.count("no suspicion") == 2
    assert "at most 4.2 % of all programmes: at most 62 suspicions" in told
    assert "at most 0.82 false alarms in the 365 programmes of a year, of 1 allowed" in told
    assert "No image is another than then" in told


def test_quick_says_that_nothing_is_called_worse() -> None:
    told = text(lookback(quick=True, again=None))

    assert "suspected, not looked at again" in told
    assert "Because of `--quick`" in told
    assert "false alarms" not in told


def test_other_images_are_named() -> None:
    found = lookback(now=1.0, again=None)
    values = [each.measures["green"] for each in found.now]
    newer = starts(values, conditions=HERE | {"images": {"web": "sha256:9", "db": "sha256:2"}})

    assert "others than then: `web`." in text(replace(found, now=newer))


@pytest.mark.parametrize(("language", "said"), [("en", "no earlier programme"), ("zh", "没有较早")])
def test_without_an_earlier_programme_it_says_so(language: str, said: str) -> None:
    none = "no earlier programme of this platform measured its starts"

    assert said in text(Lookback(now=lookback().now, reason=none), language)


def test_the_chinese_section_has_the_same_figures() -> None:
    english, chinese = (
        sorted(re.findall(r"\d+\.\d+", text(lookback(), each))) for each in ("en", "zh")
    )

    assert english == chinese
    assert len(english) > 10
