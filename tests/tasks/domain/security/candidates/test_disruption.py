"""Drains, updates and autoscalers: what the cluster is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop}}
spec:
  replicas: {replicas}
  strategy: {{type: {strategy}}}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web, version: v1}}}}
    spec:
      containers:
      - name: web
        image: a:1
        ports:
        - containerPort: 8080{port}
---
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: shop}}
spec:
  selector: {{app: web}}
  ports: [{{port: 80, targetPort: 8080}}]
"""
MORE = """\
---
apiVersion: {api}
kind: {kind}
metadata:
  name: keeper
  namespace: shop
spec:
{spec}
"""


def _web(replicas: int = 3, strategy: str = "RollingUpdate", port: str = "") -> str:
    return WEB.format(replicas=replicas, strategy=strategy, port=port)


def test_a_service_in_three_copies_gets_a_budget_behind_its_file(attempt: Attempt) -> None:
    outcome = attempt("disruption-budget", _web())
    budget = list(yaml.safe_load_all(outcome.text))[-1]

    assert outcome.text.startswith(_web())
    assert budget["kind"] == "PodDisruptionBudget"
    assert budget["metadata"] == {"name": "web", "namespace": "shop"}
    assert budget["spec"] == {
        "maxUnavailable": 1,
        "selector": {"matchLabels": {"app": "web"}},
    }


@pytest.mark.parametrize("number", ["minAvailable: 3", "maxUnavailable: 0", 'minAvailable: "100%"'])
def test_a_budget_that_lets_none_go_lets_one_go(attempt: Attempt, number: str) -> None:
    spec = f"  {number} # all\n  selector: {{matchLabels: {{app: web}}}}"
    text = _web() + MORE.format(api="policy/v1", kind="PodDisruptionBudget", spec=spec)

    assert attempt("drain-one-pod", text).text == text.replace(number, "maxUnavailable: 1")


def test_a_service_is_updated_without_an_interruption(attempt: Attempt) -> None:
    text = _web(strategy="Recreate")

    assert attempt("rolling-update", text).text == text.replace("Recreate", "RollingUpdate")


def test_a_port_of_the_node_keeps_its_only_user(attempt: Attempt) -> None:
    outcome = attempt("rolling-update", _web(strategy="Recreate", port="\n          hostPort: 80"))

    assert "share a folder or a port" in outcome.reasons[0]


SCALER = (
    "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  maxReplicas: 5\n"
    "  metrics:\n  - type: Resource\n    resource:\n      name: cpu\n"
    "      target: {type: Utilization, averageUtilization: 70}"
)


def test_the_autoscaler_sets_the_number_of_copies(attempt: Attempt) -> None:
    text = _web() + MORE.format(api="autoscaling/v2", kind="HorizontalPodAutoscaler", spec=SCALER)

    assert attempt("replicas-by-autoscaler", text).text == text.replace("  replicas: 3\n", "")


def test_what_the_autoscaler_measures_is_requested(attempt: Attempt) -> None:
    text = _web() + MORE.format(api="autoscaling/v2", kind="HorizontalPodAutoscaler", spec=SCALER)
    pod = next(yaml.safe_load_all(attempt("request-for-autoscaler", text).text))
    (container,) = pod["spec"]["template"]["spec"]["containers"]

    assert container["resources"] == {"requests": {"cpu": "100m"}}


def test_a_pod_that_asks_for_nothing_requests_a_usual_share(attempt: Attempt) -> None:
    pod = next(yaml.safe_load_all(attempt("request-resources", _web()).text))
    (container,) = pod["spec"]["template"]["spec"]["containers"]

    assert container["resources"] == {"requests": {"cpu": "100m", "memory": "128Mi"}}


def test_copies_are_asked_for_on_different_nodes_by_the_labels_of_their_selector(
    attempt: Attempt,
) -> None:
    text = _web(replicas=3)
    outcome = attempt("spread-copies", text)
    pod = next(iter(yaml.safe_load_all(outcome.text)))["spec"]["template"]["spec"]

    (apart,) = pod["topologySpreadConstraints"]
    assert apart["labelSelector"] == {"matchLabels": {"app": "web"}}
    assert (apart["topologyKey"], apart["whenUnsatisfiable"]) == (
        "kubernetes.io/hostname",
        "ScheduleAnyway",
    )
    assert set(text.splitlines()) <= set(outcome.text.splitlines())
