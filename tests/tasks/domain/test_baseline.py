from __future__ import annotations

import json

import pytest

from tasks.domain.answers import Answer
from tasks.domain.assess import assess
from tasks.domain.baseline import BaselineError, read_baseline, split, write_baseline
from tasks.domain.platform.model import Entry, EntryKind, Platform
from tests.tasks.domain.security.checks.platforms import platform, service

_SHOP = platform(service("web"), service("db"))


def _named(of: Platform) -> Answer:
    return Answer(of.entry, tuple(each.name for each in of.services))


def _baseline(text: str | None = None) -> str:
    return write_baseline(_named(_SHOP), assess(_SHOP)) if text is None else text


def test_nothing_is_new_right_after_the_baseline_was_written() -> None:
    new, gone = split(read_baseline("b.json", _baseline()), _named(_SHOP), assess(_SHOP))

    assert (new, gone) == ((), frozenset())


def test_only_what_came_since_is_new() -> None:
    grown = platform(service("web"), service("db"), service("cache"))

    new, _ = split(read_baseline("b.json", _baseline()), _named(grown), assess(grown))

    assert {finding.subject for finding in new} == {"cache"}


def test_what_was_repaired_is_gone() -> None:
    less = platform(service("web"))

    new, gone = split(read_baseline("b.json", _baseline()), _named(less), assess(less))

    assert not new
    assert len(gone) == len(assess(_SHOP)) - len(assess(less))


def test_the_baseline_of_another_platform_is_recognised() -> None:
    baseline = read_baseline("b.json", _baseline())
    other_entry = platform(service("web"), entry=Entry("k8s", EntryKind.KUBERNETES, ("k8s",)))
    other_services = platform(service("kafka"), service("zookeeper"))

    for other in (other_entry, other_services):
        with pytest.raises(BaselineError, match="another platform"):
            split(baseline, _named(other), assess(other))


def test_platforms_whose_entries_have_the_same_name_are_told_apart() -> None:
    other = platform(*(service(name) for name in ("kafka", "zookeeper", "broker", "web2")))

    with pytest.raises(BaselineError, match=r"\(broker, kafka, web2, …\)\. Write"):
        split(read_baseline("b.json", _baseline()), _named(other), assess(other))


def test_the_same_findings_give_the_same_bytes() -> None:
    findings = assess(_SHOP)

    assert write_baseline(_named(_SHOP), findings) == write_baseline(_named(_SHOP), findings[::-1])
    assert json.loads(write_baseline(_named(_SHOP), ()))["findings"] == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format": "cmi-baseline", "version": 99}', "[" * 5000]
)
def test_what_is_no_baseline_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(BaselineError, match="--write-baseline"):
        read_baseline("b.json", text)
