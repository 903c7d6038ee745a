"""Whole objects join a file without touching what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

POD = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: %s}
spec:
  replicas: 3
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: %s}}
    spec:
      containers:
      - name: web
        image: a:1
        ports: [{containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: %s}
spec:
  selector: {app: %s}
"""


def _pods(*names: str) -> str:
    return "---\n".join(POD % ((name,) * 5) for name in names)


@pytest.mark.parametrize("end", ["\n", "", "\n# the end: hunter2\n"])
def test_all_that_was_there_is_there_and_the_new_object_is_one_of_its_own(
    attempt: Attempt, end: str
) -> None:
    text = _pods("web").rstrip("\n") + end
    outcome = attempt("disruption-budget", text)
    before, after = (list(yaml.safe_load_all(each)) for each in (text, outcome.text))

    assert [each for each in after if each["kind"] != "PodDisruptionBudget"] == before
    assert len(after) == len(before) + 1
    assert "hunter2" not in repr(outcome.candidates[0].patch)


def test_two_objects_at_one_place_are_two_objects(attempt: Attempt) -> None:
    outcome = attempt("disruption-budget", _pods("web", "api"))
    kinds = [each["kind"] for each in yaml.safe_load_all(outcome.text)]

    assert kinds.count("PodDisruptionBudget") == 2
    assert kinds.count("StatefulSet") == 2


def test_labels_that_change_with_each_release_select_nothing(attempt: Attempt) -> None:
    text = _pods("web").replace("  selector: {matchLabels: {app: web}}\n", "", 1)
    text = text.replace("labels: {app: web}", "labels: {app: web, version: v1}")
    objects = yaml.safe_load_all(attempt("disruption-budget", text).text)
    (budget,) = (each for each in objects if each["kind"] == "PodDisruptionBudget")

    assert budget["spec"]["selector"] == {"matchLabels": {"app": "web"}}


def test_a_file_that_says_it_ends_is_left_alone(attempt: Attempt) -> None:
    outcome = attempt("disruption-budget", _pods("web") + "...\n")

    assert outcome.candidates == ()
    assert "says that it ends" in outcome.reasons[0]
