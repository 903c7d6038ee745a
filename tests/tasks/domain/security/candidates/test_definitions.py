from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

OLD = """\
apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    metadata:
      labels:
        app: {label}
    spec:
      containers:
      - name: web
        image: a:1
"""


def test_a_removed_version_is_replaced_and_gets_the_selector_it_needs(attempt: Attempt) -> None:
    outcome = attempt("successor-api-version", OLD.format(label="web"))
    read = yaml.safe_load(outcome.text)

    assert read["apiVersion"] == "apps/v1"
    assert read["spec"]["selector"] == {"matchLabels": {"app": "web"}}


def test_a_label_of_free_text_is_not_repeated(attempt: Attempt) -> None:
    outcome = attempt("successor-api-version", OLD.format(label="'9 hunter2'"))

    assert outcome.candidates == ()
    assert "free text" in outcome.reasons[0]


def test_kinds_whose_fields_changed_are_left_to_people(attempt: Attempt) -> None:
    text = "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: in}\nspec: {}\n"
    outcome = attempt("successor-api-version", text + "---\n" + OLD.format(label="web"))

    assert len(outcome.candidates) == 1
    assert "by hand" in outcome.reasons[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [('version: "3"\n', ""), ("version: '2' # old\n", "# old\n"), ("version: 3.8\r\n", "")],
)
def test_the_version_of_a_compose_file_goes_and_its_comment_stays(
    attempt: Attempt, before: str, after: str
) -> None:
    rest = "services:\n  web:\n    image: a:1\n"

    assert attempt("remove-obsolete-key", before + rest).text == after + rest


MARKED = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    scheduler.alpha.kubernetes.io/critical-pod: ""
spec:
  template:
    metadata:
      labels: {app: web}
      annotations:
        team: shop # keep
        pod.beta.kubernetes.io/init-containers: '[{"name": "x"}]'
    spec:
      nodeSelector:
        beta.kubernetes.io/os: linux
      containers:
      - name: web
        image: a:1
"""


def test_dead_annotations_go_and_old_labels_get_their_new_name(attempt: Attempt) -> None:
    outcome = attempt("current-marker", MARKED)

    assert len(outcome.candidates) == 3
    assert outcome.text == MARKED.replace(
        '  annotations:\n    scheduler.alpha.kubernetes.io/critical-pod: ""\n', ""
    ).replace('        pod.beta.kubernetes.io/init-containers: \'[{"name": "x"}]\'\n', "").replace(
        "beta.kubernetes.io/os", "kubernetes.io/os"
    )


def test_an_annotation_that_still_works_is_left_to_people(attempt: Attempt) -> None:
    text = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n"
        "  annotations:\n    kubernetes.io/ingress.class: nginx\nspec:\n  rules: []\n---\n" + MARKED
    )

    assert any("still works" in each for each in attempt("current-marker", text).reasons)
