"""Walls that somebody took down are put up where they were taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

COMPOSE = (
    "services:\n  web:\n    image: a:1\n    security_opt:\n    - {option}\n{more}    tty: true\n"
)
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  securityContext:
    seccompProfile:
      type: Unconfined
  containers:
  - name: web
    image: a:1
    securityContext:
      procMount: Unmasked
      appArmorProfile: {type: Unconfined}
"""


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        ("filter-system-calls", "seccomp:unconfined"),
        ("filter-system-calls", "seccomp=unconfined"),
        ("default-profile", "apparmor:unconfined"),
        ("default-profile", "label:disable"),
        ("mask-kernel-paths", "systempaths=unconfined"),
    ],
)
def test_the_option_goes_and_its_neighbours_stay(attempt: Attempt, kind: str, option: str) -> None:
    alone = attempt(kind, COMPOSE.format(option=option, more=""))
    beside = attempt(
        kind, COMPOSE.format(option=option, more="    - no-new-privileges:true # keep\n")
    )

    assert alone.text == "services:\n  web:\n    image: a:1\n    tty: true\n"
    assert "- no-new-privileges:true # keep\n" in beside.text
    assert option not in beside.text


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("filter-system-calls", "type: Unconfined\n", "type: RuntimeDefault\n"),
        ("default-profile", "{type: Unconfined}", "{type: RuntimeDefault}"),
        ("mask-kernel-paths", "Unmasked", "Default"),
    ],
)
def test_a_pod_is_changed_at_the_container_or_around_it(
    attempt: Attempt, kind: str, old: str, new: str
) -> None:
    outcome = attempt(kind, POD)

    assert outcome.text == POD.replace(old, new, 1)
    assert yaml.safe_load(outcome.text)


def test_an_option_that_others_share_by_an_anchor_stays(attempt: Attempt) -> None:
    text = (
        "x-opt: &opt [seccomp:unconfined]\nservices:\n  web:\n    image: a:1\n"
        "    security_opt: *opt\n  dev:\n    image: a:1\n    privileged: true\n"
        "    security_opt: *opt\n"
    )

    outcome = attempt("filter-system-calls", text)

    assert outcome.candidates == ()
    assert "own list" in outcome.reasons[0]


def test_a_filter_is_asked_for_at_the_pod_beside_what_stands_there(attempt: Attempt) -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"
    bare = text + "    image: a:1\n"
    some = bare + "  securityContext:\n    runAsNonRoot: true # keep\n"

    for each in (bare, some):
        outcome = attempt("ask-for-filter", each)
        pod = yaml.safe_load(outcome.text)["spec"]

        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert set(each.splitlines()) <= set(outcome.text.splitlines())
