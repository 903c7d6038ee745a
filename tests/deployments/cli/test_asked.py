from __future__ import annotations

import pytest

from deployments.cli.asked import Show


@pytest.mark.parametrize(
    ("show", "answer"),
    [
        (Show(), "text"),
        (Show(as_json=True), "json"),
        (Show(sarif="-"), "sarif"),
        (Show(sarif="out.sarif"), "text"),
        (Show(form="github", sarif="out.sarif"), "github"),
        (Show(form="json", as_json=True), "json"),
    ],
)
def test_one_answer_goes_to_standard_output(show: Show, answer: str) -> None:
    assert show.answer == answer
    assert not show.contradictory


@pytest.mark.parametrize(
    "show",
    [
        Show(as_json=True, sarif="-"),
        Show(form="markdown", as_json=True),
        Show(form="github", sarif="-"),
    ],
)
def test_two_answers_at_once_are_refused(show: Show) -> None:
    assert show.contradictory
