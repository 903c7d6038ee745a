from __future__ import annotations

from knowledge.samples import MARK, cases, checks_with_examples
from tasks.domain.security.checks import CHECKS


def test_every_check_has_examples_and_no_example_is_of_another() -> None:
    assert set(checks_with_examples()) == {check.id for check in CHECKS}


def test_a_case_knows_the_lines_that_its_marks_speak_of() -> None:
    failing = next(each for each in cases("no-memory-limit") if each.name == "failing")

    ((file, line),) = failing.marked()
    assert failing.files[file][line - 2].strip() == MARK
    assert failing.files[file][line - 1].strip() == "web:"


def test_there_are_none_of_an_unknown_check() -> None:
    assert cases("../concepts") == ()
