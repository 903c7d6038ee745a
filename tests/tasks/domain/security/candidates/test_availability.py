from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

TEXT = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "a:1"}]}
"""


def test_a_service_that_others_reach_gets_a_second_copy(attempt: Attempt) -> None:
    assert attempt("second-replica", TEXT).text == TEXT.replace("replicas: 1", "replicas: 2")
