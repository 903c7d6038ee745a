"""The checks find each defect that a sample's page lists for Compose and images, and no other."""

from functools import cache

import pytest

from tasks.domain.assess import assess
from tasks.domain.findings import Finding
from tasks.tools.platforms import intake
from tests.examples.samples import EXAMPLES, LATER, SAMPLES, places, rows


@cache
def _findings(name: str) -> tuple[Finding, ...]:
    seen = intake([EXAMPLES / name], "compose.yaml")
    assert seen.platform is not None
    return assess(seen.platform)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_listed_of_services_is_found_there_and_nothing_else(name: str) -> None:
    found = {
        (each.check, each.subject, each.place.file)
        for each in _findings(name)
        if not each.place.file.endswith("Dockerfile")
    }
    listed = {
        (row["check"], subject, file)
        for row in rows(EXAMPLES / name)
        if row["packaging"] == "compose" and row["check"] != LATER
        for subject, file in places(row)
    }

    assert found == listed


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_listed_of_dockerfiles_is_found_and_nothing_else(name: str) -> None:
    found = {
        (each.check, each.place.file)
        for each in _findings(name)
        if each.place.file.endswith("Dockerfile")
    }
    listed = {
        (row["check"], file)
        for row in rows(EXAMPLES / name)
        if row["packaging"] == "dockerfile" and row["check"] != LATER
        for _, file in places(row)
    }

    assert found == listed
