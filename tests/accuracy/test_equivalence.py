"""The same defect is the same finding, whatever the packaging."""

from __future__ import annotations

import pytest

from tests.accuracy import reading
from tests.accuracy.equivalence import COMMON, HERE, PLATFORMS, differences, said


@pytest.mark.parametrize("platform", ["pipeline", "site"])
def test_a_platform_in_three_packagings_has_the_same_findings(platform: str) -> None:
    count, found = differences(platform)
    _, entries = reading.entries(PLATFORMS[platform])

    assert {str(each.kind) for each in entries} == {"compose", "kubernetes", "helm"}
    assert count > 20
    assert found == []


def test_the_two_platforms_of_ours_have_most_of_the_common_defects() -> None:
    met = {
        each.check for name in ("pipeline", "site") for each in said(HERE / name, "compose.yaml")
    }

    assert len(met) >= 25
    assert met <= COMMON


def test_each_difference_of_the_shop_is_explained() -> None:
    count, found = differences("shop")

    assert count > 50
    assert found
    assert [each for each in found if not each.why] == []
