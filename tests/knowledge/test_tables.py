from __future__ import annotations

import re

from knowledge.tables import control_editions, practices, removed_apis
from knowledge.texts import check_texts
from tasks.domain.security.checks import CHECKS


def test_each_removed_version_says_when_and_its_successor_is_another_version() -> None:
    table = removed_apis()

    assert len(table) > 30
    for (api_version, kind), row in table.items():
        assert (row.api_version, row.kind) == (api_version, kind)
        assert re.fullmatch(r"1\.\d\d", row.removed)
        assert row.successor != api_version


def test_no_successor_was_removed_itself() -> None:
    table = removed_apis()

    assert not [row for row in table.values() if (row.successor, row.kind) in table]


def test_the_sixteen_dead_practices_have_source_and_words_in_both_languages_and_ten_a_date() -> (
    None
):
    table = practices()

    assert len(table) == 16
    assert sum(bool(row.since) for row in table.values()) == 10
    for row in table.values():
        assert re.fullmatch(r"(20\d\d(-\d\d){0,2})?", row.since), row.id
        assert len(row.source) > 10
        assert re.search(r"[\u4e00-\u9fff]", row.words["zh"])
        assert not re.search(r"[\u4e00-\u9fff]", row.words["en"])


def test_a_practice_that_a_check_sees_names_a_check_that_there_is() -> None:
    seen = {row.check for row in practices().values() if row.check}

    assert seen
    assert seen <= {check.id for check in CHECKS}


def test_every_list_of_controls_that_checks_name_has_its_edition() -> None:
    named = {control for text in check_texts().values() for control in text.controls}

    assert named
    for control in named:
        assert any(control.startswith(f"{name}-") for name in control_editions()), control
