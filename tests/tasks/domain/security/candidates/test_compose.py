from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]


def test_a_new_field_goes_to_the_file_that_names_the_image(attempt: Attempt) -> None:
    names = ("a.yaml", "b.yaml")
    first = "services:\n  web:\n    restart: always\n    read_only: true\n"
    second = "services:\n  web:\n    image: a:1\n    read_only: true\n"
    outcome = attempt("no-new-privileges", first, second, names=names)

    assert outcome.texts["a.yaml"] == first
    assert yaml.safe_load(outcome.texts["b.yaml"])["services"]["web"]["security_opt"]


def test_a_list_that_others_share_is_left_alone(attempt: Attempt) -> None:
    text = (
        "x-opt: &opt [label:disable]\nservices:\n  a:\n    image: a:1\n    security_opt: *opt\n"
        "  b:\n    image: b:1\n    privileged: true\n    security_opt: *opt\n"
    )
    outcome = attempt("no-new-privileges", text)

    assert outcome.candidates == ()
    assert "shared through an anchor" in outcome.reasons[0]
