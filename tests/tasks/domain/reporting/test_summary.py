from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tasks.domain.candidates import CandidateState
from tasks.domain.reporting.html import report
from tasks.domain.reporting.summary import (
    best_first,
    by_severity,
    groups,
    open_findings,
    service_of,
    sooner,
    verdict,
    verdict_count,
)
from tests.bundles import CANDIDATES, FINDINGS, accepted, bundle
from tests.proven import proven

NOTHING_MISSING: dict[str, object] = {"unread": (), "not_assessed": ()}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, "urgent", id="critical"),
        pytest.param({"findings": FINDINGS[:1]}, "act", id="high"),
        pytest.param({"findings": (replace(FINDINGS[2], waived=""),)}, "improve", id="low"),
        pytest.param({"findings": FINDINGS[2:]}, "incomplete", id="only waived, one unread"),
        pytest.param({"findings": (), "not_assessed": ()}, "incomplete", id="unread"),
        pytest.param({"findings": (), "unread": ()}, "incomplete", id="input not assessed"),
        pytest.param(NOTHING_MISSING | {"findings": ()}, "clean", id="clean"),
        pytest.param(
            {
                "findings": FINDINGS[:1],
                "candidates": (accepted(),),
                "unread": (),
                "not_assessed": (),
            },
            "clean",
            id="closed by an accepted change",
        ),
    ],
)
def test_the_verdict_speaks_of_the_worst_that_is_open(
    changes: dict[str, object], expected: str
) -> None:
    assert verdict(bundle(**changes).document) == expected


def test_the_verdict_counts_what_it_speaks_of() -> None:
    low = replace(FINDINGS[2], waived="")

    assert verdict_count(bundle().document) == 1
    assert verdict_count(bundle(findings=(low, low)).document) == 2


def test_findings_are_listed_worst_first() -> None:
    assert [f["check"] for f in open_findings(bundle().document)] == [
        "privileged",
        "image-floating",
    ]
    assert list(by_severity(bundle().document["findings"]).items())[:2] == [
        ("critical", 1),
        ("high", 1),
    ]


def test_a_group_counts_open_places_services_and_ready_changes() -> None:
    found = {group.check: group for group in groups(bundle().document)}

    assert (found["privileged"].subjects, found["privileged"].fixes) == (1, 1)
    assert (len(found["port-open"].findings), len(found["port-open"].open)) == (1, 0)


def test_a_rejected_change_fixes_nothing() -> None:
    rejected = replace(CANDIDATES[1], state=CandidateState.REJECTED)
    found = {g.check: g for g in groups(bundle(candidates=(rejected,)).document)}

    assert found["privileged"].fixes == 0


def test_changes_that_close_the_worst_come_first() -> None:
    assert [c["id"] for c in best_first(bundle().document)] == [
        "drop-privileged-db",
        "pin-image-web",
    ]


def test_what_starts_save_is_said_with_its_interval_and_only_where_it_was_shown() -> None:
    made = proven()
    document = json.loads(json.dumps(made.document))
    saved = sooner(document)

    assert saved is not None
    assert saved.low is not None
    assert saved.high is not None
    assert 35 < saved.low <= saved.share <= saved.high < 45  # six seconds of ten and a little
    text = report(made, "en")
    assert f"works {saved.share} % sooner" in text
    assert "closed once the accepted changes are applied" in text

    document["experiments"][0]["verdict"] = "not shown"
    assert sooner(document) is None
    assert sooner(bundle().document) is None


def test_a_container_belongs_to_its_service() -> None:
    assert service_of("web/init") == "web"
