"""Each check finds its defect in a source of our own, at its place, and nothing in one without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.texts import LANGUAGES, check_texts
from tasks.domain.assess import assess
from tasks.domain.security.checks import CHECKS
from tasks.tools.platforms import intake
from tests.tasks.domain.security.checks.fixtures import cases, write

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.samples import Case
    from tasks.domain.findings import Finding

_CASES = cases()


def _findings(case: Case, folder: Path) -> list[Finding]:
    write(case, folder)
    seen = intake([folder])
    assert seen.platform is not None
    assert not seen.unread
    return [each for each in assess(seen.platform) if each.check == case.check]


def _named(prefix: str) -> list[Case]:
    return [case for case in _CASES if case.name.startswith(prefix)]


def test_every_check_has_a_failing_and_a_passing_source() -> None:
    every = {check.id for check in CHECKS}

    assert {case.check for case in _named("failing")} == every
    assert {case.check for case in _named("passing")} == every


@pytest.mark.parametrize("case", _named("failing"), ids=lambda case: f"{case.check}-{case.name}")
def test_the_defect_is_found_where_it_is(case: Case, tmp_path: Path) -> None:
    found = _findings(case, tmp_path)

    assert {(each.place.file, each.place.line) for each in found} == case.marked()
    for each in found:
        line = case.files[each.place.file][each.place.line - 1]
        assert line[each.place.column - 1 :].strip()
        assert not line[each.place.column - 1].isspace()
        for language in LANGUAGES:
            said = check_texts()[each.check].message(language, each.subject, each.facts)
            assert "{" not in said


@pytest.mark.parametrize("case", _named("passing"), ids=lambda case: f"{case.check}-{case.name}")
def test_nothing_is_found_where_the_defect_is_not(case: Case, tmp_path: Path) -> None:
    assert _findings(case, tmp_path) == []
