"""An image whose name moves is asked for at each start; one that no registry has is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  containers:
  - name: web  # keep
    image: me/web:{tag}
{more}"""


def test_a_policy_that_keeps_old_copies_is_replaced(attempt: Attempt) -> None:
    text = POD.format(tag="latest", more="    imagePullPolicy: IfNotPresent\n")

    assert attempt("fetch-each-time", text).text == text.replace("IfNotPresent", "Always")


def test_a_name_that_moves_without_being_latest_gets_a_policy(attempt: Attempt) -> None:
    text = POD.format(tag="edge", more="")

    assert "    imagePullPolicy: Always\n" in attempt("fetch-each-time", text).text


def test_what_is_never_fetched_may_be_in_no_registry(attempt: Attempt) -> None:
    outcome = attempt("fetch-each-time", POD.format(tag="1", more="    imagePullPolicy: Never\n"))

    assert outcome.candidates == ()
    assert "registry" in outcome.reasons[0]
