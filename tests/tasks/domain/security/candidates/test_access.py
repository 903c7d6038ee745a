from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: web, image: "a:1"}
"""
BINDING = """\
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}
subjects:
- {kind: ServiceAccount, name: default}
"""


def test_a_pod_that_nobody_gave_rights_loses_its_token(attempt: Attempt) -> None:
    spec = yaml.safe_load(attempt("no-account-token", POD).text)["spec"]

    assert spec["automountServiceAccountToken"] is False


def test_an_account_that_a_role_is_bound_to_keeps_its_token(attempt: Attempt) -> None:
    outcome = attempt("no-account-token", POD + BINDING)

    assert outcome.candidates == ()
    assert "bound" in outcome.reasons[0]


def test_a_token_that_somebody_asked_for_stays(attempt: Attempt) -> None:
    text = POD.replace("spec:\n", "spec:\n  automountServiceAccountToken: true\n")

    assert "asked for" in attempt("no-account-token", text).reasons[0]
