"""Switches are turned by recipes that name known words alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("debug-off", "DEBUG: 'true' # x", "DEBUG: 'false' # x"),
        ("debug-off", "FLASK_DEBUG: 1", "FLASK_DEBUG: 0"),
        ("debug-off", "APP_DEBUG: True", "APP_DEBUG: False"),
        ("debug-off", "NODE_ENV: development", "NODE_ENV: production"),
        ("informative-log", "LOG_LEVEL: DEBUG", "LOG_LEVEL: INFO"),
    ],
)
def test_a_switch_is_turned_in_a_mapping(
    attempt: Attempt, kind: str, before: str, after: str
) -> None:
    text = (
        "services:\n  web:\n    image: a:1\n    environment:\n      PASSWORD: hunter2\n"
        f"      {before}\n"
    )
    outcome = attempt(kind, text)

    assert outcome.text == text.replace(before, after)
    assert outcome.candidates[0].patch == ""
    assert "hunter2" not in repr(outcome.candidates[0])


def test_a_switch_is_turned_in_a_list_and_in_an_image(attempt: Attempt) -> None:
    compose = "services:\n  web:\n    build: .\n    environment:\n    - DEBUG=yes\n"
    image = 'FROM a:1\nENV PASSWORD=hunter2 NODE_ENV="dev" OTHER_NODE_ENV=dev\nUSER 1\n'

    outcome = attempt("debug-off", compose, image, names=("compose.yaml", "Dockerfile"))

    assert outcome.texts["compose.yaml"] == compose.replace("yes", "no")
    assert outcome.texts["Dockerfile"] == image.replace('"dev"', '"production"')


def test_a_value_that_comes_from_elsewhere_stays(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n    environment:\n      DEBUG: ${DEBUG:-true}\n"

    assert attempt("debug-off", text).candidates == ()


def test_an_anchor_is_changed_when_all_who_share_it_have_the_finding(attempt: Attempt) -> None:
    text = (
        "x-e: &e {DEBUG: 'true'}\nservices:\n  a:\n    image: a:1\n    environment: *e\n"
        "  b:\n    image: b:1\n    environment: *e\n"
    )
    outcome = attempt("debug-off", text)

    assert len(outcome.candidates) == 1
    assert len(outcome.candidates[0].closes) == 2
    assert outcome.text == text.replace("true", "false")
