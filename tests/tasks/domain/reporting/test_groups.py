from __future__ import annotations

from collections import Counter
from dataclasses import replace

from knowledge.texts import check_texts
from tasks.domain.assess import assess
from tasks.domain.findings import Severity
from tasks.domain.reporting.groups import grouped
from tests.tasks.domain.security.checks.platforms import platform, service

_FOUND = assess(platform(service("web"), service("db"), service("cache")))


def test_each_finding_is_in_exactly_one_group() -> None:
    groups = grouped(_FOUND)

    assert Counter(f.id for g in groups for f in g.findings) == Counter(f.id for f in _FOUND)
    assert all(len({(f.check, f.severity) for f in g.findings}) == 1 for g in groups)


def test_the_worst_come_first_then_the_most_frequent() -> None:
    order = [(group.severity.rank, -len(group.findings)) for group in grouped(_FOUND)]

    assert order == sorted(order)


def test_one_check_of_two_severities_is_two_groups() -> None:
    worse = replace(_FOUND[0], severity=Severity.CRITICAL)

    assert len(grouped([_FOUND[0], worse])) == 2


def test_a_single_finding_is_said_whole_and_several_by_their_title() -> None:
    several = next(group for group in grouped(_FOUND) if len(group.findings) > 1)
    (single,) = grouped(several.findings[:1])

    assert several.title("en") == check_texts()[several.check].words["en"].title
    assert several.findings[0].subject in single.title("en")


def test_facts_in_which_findings_differ_are_shown_beside_their_places() -> None:
    one = replace(_FOUND[0], facts={"port": "80", "same": "x"})
    other = replace(_FOUND[0], facts={"port": "81", "same": "x"})

    (group,) = grouped([one, other])

    assert group.differing(other) == ("81",)
