"""Network policies: closed by default, open for what the files show to be needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

ONE = """\
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}, namespace: {space}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}{marks}}}
    spec:
      containers:
      - name: main
        image: a:1
        env: [{{name: TARGET, value: "http://{needs}:80"}}]
        ports: [{{containerPort: 80}}]
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {space}}}
spec:
  type: {type}
  selector: {{app: {name}}}
  ports: [{{port: 80}}]
---
"""


def _one(name: str, needs: str = "nobody", **more: str) -> str:
    fields = {"kind": "Deployment", "space": "shop", "marks": "", "type": "ClusterIP"} | more
    return ONE.format(name=name, needs=needs, **fields)


def _policies(text: str) -> dict[str, Any]:
    found = (each for each in yaml.safe_load_all(text) if each)
    return {e["metadata"]["name"]: e for e in found if e["kind"] == "NetworkPolicy"}


def _peers(policies: dict[str, Any], name: str) -> Any:
    (rule,) = policies[f"allow-to-{name}"]["spec"]["ingress"]
    return rule.get("from")


def test_only_callers_that_the_files_name_may_connect(attempt: Attempt) -> None:
    text = (
        _one("web", "api", type="LoadBalancer") + _one("api", "db") + _one("db", kind="StatefulSet")
    )
    policies = _policies(attempt("deny-by-default", text).text)

    assert policies["default-deny-ingress"]["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress"],
    }
    assert _peers(policies, "web") is None  # published: everybody
    assert _peers(policies, "api") == [{"podSelector": {"matchLabels": {"app": "web"}}}]
    assert _peers(policies, "db") == [
        {"podSelector": {"matchLabels": {"app": "api"}}},
        {"podSelector": {"matchLabels": {"app": "db"}}},  # copies that find each other
    ]


def test_a_service_without_a_known_caller_stays_open_to_its_namespace(attempt: Attempt) -> None:
    policies = _policies(attempt("deny-by-default", _one("web") + _one("api")).text)

    assert _peers(policies, "api") == [{"podSelector": {}}]


def test_a_caller_of_another_namespace_is_named_with_it(attempt: Attempt) -> None:
    text = _one("api") + _one("other") + _one("web", "api.shop", space="front")
    policies = _policies(attempt("deny-by-default", text).text)

    assert _peers(policies, "api") == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "front"}},
            "podSelector": {"matchLabels": {"app": "web"}},
        }
    ]


def test_who_is_scraped_stays_open_to_the_cluster(attempt: Attempt) -> None:
    text = _one("web", "api") + _one("api", marks=", annotations: {prometheus.io/scrape: 'true'}")
    policies = _policies(attempt("deny-by-default", text).text)

    assert _peers(policies, "api") == [{"namespaceSelector": {}}]


def test_pods_on_the_nodes_network_are_left_to_people(attempt: Attempt) -> None:
    text = (_one("web") + _one("api")).replace(
        "    spec:\n", "    spec:\n      hostNetwork: true\n", 1
    )

    assert "no labels that a policy could name" in attempt("deny-by-default", text).reasons[0]
