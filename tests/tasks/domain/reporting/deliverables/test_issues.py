from __future__ import annotations

import pytest

from tasks.domain.reporting.deliverables.issues import issue_list
from tasks.domain.verification.acceptance.judging import Act
from tasks.domain.verification.issues import issues_of
from tests.regressed import lookback
from tests.tasks.domain.verification.acceptance.test_judging import SCENARIO, answer, course
from tests.tasks.domain.verification.test_issues import ACCEPTED, MEASURED, TESTED

ISSUES = issues_of(MEASURED, TESTED, ACCEPTED, lookback())
LISTED = issue_list("compose.yaml", ISSUES, ACCEPTED.acts)


def test_each_issue_has_a_row_and_each_scenario_its_result() -> None:
    text = LISTED.texts["en"]

    assert LISTED.id == "issue-list"
    assert "Verifying found 9 issues" in text
    assert "| measure that became worse | `green` | Since programme run-0, the time until" in text
    assert "| 2 | broken promise | `an order is kept` | at s.yaml:8, the answer has status" in text
    assert "1 passed, 1 failed, 1 not assessed." in text
    assert "| later | `s.yaml:1` | not assessed | no engine |" in text
    assert '`{"item": "teapot"}`' in text


def test_the_chinese_list_speaks_chinese() -> None:
    text = LISTED.texts["zh"]

    assert "在 s.yaml:8" in text
    assert "应答的状态为 503" in text
    assert "未兑现的承诺" in text


@pytest.mark.parametrize(("language", "said"), [("en", "no scenario is"), ("zh", "没有编写场景")])
def test_without_scenarios_it_says_why(language: str, said: str) -> None:
    reason = "no scenario is written: there is no file in scenarios/ beside the definition"
    text = issue_list("e", (), (), reason).texts[language]

    assert said in text


def test_what_a_service_answers_is_no_markup() -> None:
    hostile = Act(SCENARIO, course(answer(b"<script>|`x`|\n# teapot")))
    text = issue_list("e|<b>", (), (hostile,)).texts["en"]

    assert "\n# teapot" not in text
    assert "`` <script>\\|`x`\\| # teapot ``" in text or "<script>" in text
    assert text.startswith("# Issues of e")
