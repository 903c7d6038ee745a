from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]


def test_memory_and_processors_are_one_change_that_closes_both_findings(attempt: Attempt) -> None:
    outcome = attempt(
        "limit-resources", "services:\n  web:\n    image: a:1\n  db:\n    image: mysql:8\n"
    )
    services = yaml.safe_load(outcome.text)["services"]

    assert [len(each.closes) for each in outcome.candidates] == [2, 2]
    assert services["web"]["deploy"]["resources"]["limits"] == {"memory": "512M", "cpus": "1.0"}
    assert services["db"]["deploy"]["resources"]["limits"]["memory"] == "1024M"
    assert "not measured" in outcome.candidates[0].reason


def test_a_service_in_braces_gets_both_limits_by_one_key(attempt: Attempt) -> None:
    outcome = attempt("limit-resources", "services:\n  web: {image: 'a:1'}\n")
    (web,) = yaml.safe_load(outcome.text)["services"].values()

    assert web["deploy"]["resources"]["limits"] == {"memory": "512M", "cpus": "1.0"}


def test_a_limit_is_never_below_what_is_asked_for(attempt: Attempt) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: a:1
    resources:
      requests:
        memory: 3Gi
        cpu: 100m
"""
    (container,) = yaml.safe_load(attempt("limit-resources", text).text)["spec"]["containers"]

    assert container["resources"] == {
        "requests": {"memory": "3Gi", "cpu": "100m"},
        "limits": {"memory": "3072Mi"},
    }


def test_a_service_with_a_short_limit_gets_the_other_beside_it(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n    mem_limit: 64M\n"

    found = yaml.safe_load(attempt("limit-resources", text).text)["services"]["web"]

    assert "deploy" not in found  # Compose refuses limits there that do not say mem_limit's
    assert float(found["cpus"]) == 1.0
