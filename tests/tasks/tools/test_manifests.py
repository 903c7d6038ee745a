from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.canonical import canonical_json
from tasks.domain.platform.documents import decode, parse
from tasks.tools.manifests import validate_manifests

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("kubernetes_validate", reason="the extra `tools` is not installed")
POD = "spec.template.spec"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          env:
            - name: PASSWORD
              value: canary-7f3a
"""


def test_a_valid_object_is_checked_and_has_no_problem() -> None:
    found = validate_manifests(parse("f.yaml", DEPLOYMENT))

    assert found.valid
    assert found.checked == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "detail"),
    [
        ("value: canary-7f3a", "value: 5", 14, f"{POD}.containers[0].env[0].value", "must be"),
        ("  selector: {matchLabels: {app: web}}\n", "", 4, "spec", "missing: selector"),
        ("image: web:1", "imagee: web:1", 10, f"{POD}.containers[0]", "unknown: imagee"),
        ("apps/v1", "extensions/v1beta1", 1, "apiVersion", "does not serve extensions/v1beta1"),
    ],
)
def test_what_the_api_server_would_refuse_is_named_with_its_place(
    old: str, new: str, line: int, path: str, detail: str
) -> None:
    found = validate_manifests(parse("f.yaml", DEPLOYMENT.replace(old, new)))

    (problem,) = found.problems
    assert (problem.place.line, problem.path) == (line, path)
    assert detail in problem.detail


def test_no_value_is_in_a_problem() -> None:
    broken = DEPLOYMENT.replace("- name: PASSWORD\n", "- nam: PASSWORD\n")

    found = validate_manifests(parse("f.yaml", broken))

    assert found.problems
    assert b"canary" not in canonical_json(found)


def test_objects_of_other_groups_are_not_assessed_and_counted() -> None:
    custom = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n---\n" * 2

    found = validate_manifests(parse("f.yaml", custom))

    assert not found.valid
    assert "2 of serving.knative.dev/v1 Service" in found.not_assessed[0].what


@pytest.mark.targets
@pytest.mark.parametrize(
    ("path", "valid", "refused"),
    [
        ("online-boutique/release/kubernetes-manifests.yaml", 35, 0),
        ("sock-shop/deploy/kubernetes/complete-demo.yaml", 29, 0),
        ("robot-shop/rendered/helm-default-values.yaml", 24, 0),
    ],
)
def test_real_platforms_are_judged_as_published(
    path: str, valid: int, refused: int, targets: Path
) -> None:
    text = decode(path, (targets / path).read_bytes())

    found = validate_manifests(parse(path, text), "1.32")

    assert (found.checked - len(found.problems), len(found.problems)) == (valid, refused)
