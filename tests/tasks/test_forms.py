"""The form of a question: what it offers, what it refuses, what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tasks.domain.interruptions import STRATEGIES, Answer, Choice, Nature, Strategy
from tasks.forms import answer_in, filled, form

OFFERS = STRATEGIES[Nature.BUSINESS]
FILLED: dict[str, Any] = {
    "choice": "replan",
    "strategy": "move-resources",
    "reason": "two people left",
    "decided_by": "kim",
    "quick": True,
    "leave_out": "edge",
}


def test_what_somebody_fills_in_becomes_his_answer() -> None:
    given = form(OFFERS, "en")(**FILLED)

    assert answer_in(given.model_dump()) == Answer(
        Choice.REPLAN,
        "kim",
        "two people left",
        (Strategy.MOVE_RESOURCES,),
        quick=True,
        without=("edge",),
        via="form",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"decided_by": ""}, id="nobody"),
        pytest.param({"reason": ""}, id="no reason"),
        pytest.param({"strategy": "train"}, id="a strategy of other reasons"),
        pytest.param({"choice": "maybe"}, id="no choice"),
        pytest.param({"leave_out": "marketing"}, id="no workstream"),
    ],
)
def test_half_an_answer_is_none(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        form(OFFERS, "en")(**FILLED | wrong)


def test_an_answer_from_elsewhere_fits_the_form() -> None:
    given = Answer(Choice.STOP, "kim", "no money")

    values = filled(given, OFFERS)

    form(OFFERS, "zh")(**values)
    assert answer_in(values).choice is Choice.STOP


def test_its_titles_are_in_the_language_of_the_run() -> None:
    titles = {
        language: form(OFFERS, language).model_json_schema()["properties"]["reason"]["title"]
        for language in ("en", "zh")
    }

    assert titles == {"en": "Why", "zh": "理由"}
