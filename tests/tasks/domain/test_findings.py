from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.domain.findings import Hit, Severity, finding_id
from tasks.domain.platform.nodes import Place

SCHEMA = Path(__file__).resolve().parents[3] / "knowledge/schemas/definitions.json"
HIT = Hit("web", Place("compose.yaml", 3, 5), "services.web.ports[0]", {"port": "80"})


def test_severities_are_those_that_the_bundle_promises_worst_first() -> None:
    promised = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]["severity"]["enum"]

    assert [each.value for each in Severity] == promised
    assert sorted(Severity, key=lambda each: each.rank) == list(Severity)


@pytest.mark.parametrize(
    ("severity", "floor", "stops"),
    [
        (Severity.CRITICAL, Severity.HIGH, True),
        (Severity.HIGH, Severity.HIGH, True),
        (Severity.MEDIUM, Severity.HIGH, False),
        (Severity.INFO, Severity.INFO, True),
        (Severity.INFO, Severity.LOW, False),
    ],
)
def test_a_floor_holds_what_is_as_bad_or_worse(
    severity: Severity, floor: Severity, stops: bool
) -> None:
    assert severity.at_least(floor) is stops


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param(replace(HIT, place=Place("compose.yaml", 40, 9)), id="another line"),
        pytest.param(replace(HIT, facts={"port": "81"}), id="other facts"),
        pytest.param(replace(HIT, severity=Severity.LOW), id="another severity"),
    ],
)
def test_a_finding_keeps_its_name_while_it_says_the_same_of_the_same(moved: Hit) -> None:
    assert finding_id("port-on-all-interfaces", moved) == finding_id("port-on-all-interfaces", HIT)


def test_findings_of_another_check_subject_file_or_path_have_names_of_their_own() -> None:
    named = {
        finding_id("a", HIT),
        finding_id("b", HIT),
        finding_id("a", replace(HIT, subject="db")),
        finding_id("a", replace(HIT, place=Place("other.yaml", 3, 5))),
        finding_id("a", replace(HIT, path="services.web.ports[1]")),
        # The same letters, parted elsewhere.
        finding_id("a", replace(HIT, subject="webc", place=Place("ompose.yaml", 3, 5))),
    }

    assert len(named) == 6
    assert all(name.startswith(("a-", "b-")) for name in named)
