from __future__ import annotations

import textwrap

import pytest

from tasks.domain.platform.sources import Source
from tasks.domain.verification.hints import Hint
from tasks.domain.verification.manifest_hints import of_manifests

SERVICES = ("cart", "orders", "web")
FILE = "k8s/all.yaml"


def told(*manifests: str) -> set[Hint]:
    text = "\n---\n".join(textwrap.dedent(each) for each in manifests)
    return set(of_manifests(Source("p", {FILE: text.encode()}), SERVICES))


def workload(name: str, container: str = "", marks: str = "") -> str:
    return f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}}}
        spec:
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}{marks}}}
            spec: {{containers: [{{name: main, image: a{container}}}]}}
        """


def service(name: str, ports: str, more: str = "", app: str = "") -> str:
    return f"""
        apiVersion: v1
        kind: Service
        metadata: {{name: {name}{more}}}
        spec: {{selector: {{app: {app or name}}}, ports: [{ports}]}}
        """


HEALTH = Hint("cart", "grpc-health", 7070, told_by=FILE)
METRICS = Hint("web", "metrics", 9100, "/metrics", told_by=FILE)
PORTS = ", ports: [{containerPort: 8080, name: http}, {containerPort: 9100, name: stats}]"


@pytest.mark.parametrize(
    ("container", "found"),
    [
        (", readinessProbe: {grpc: {port: 7070}}", {HEALTH}),
        (
            ", livenessProbe: {grpc: {port: 7070, service: shop.Cart}}",
            {Hint("cart", "grpc-health", 7070, asks="shop.Cart", told_by=FILE)},
        ),
        (
            ', startupProbe: {exec: {command: ["/bin/grpc_health_probe", "-addr=:7070"]}}',
            {HEALTH},
        ),
        (
            ", ports: [{name: grpc-api, containerPort: 7070}, {name: grpcs, containerPort: 1}]",
            {Hint("cart", "grpc", 7070, told_by=FILE)},
        ),
        (", readinessProbe: {httpGet: {port: 7070}}", set()),
    ],
)
def test_a_pod_tells_that_it_speaks_grpc(container: str, found: set[Hint]) -> None:
    assert told(workload("cart", container)) == found
    assert told(workload("other", container)) == set()


def test_a_kubernetes_service_tells_what_is_spoken_behind_it() -> None:
    by_name = service("cart", "{name: grpc, port: 80, targetPort: 7070}")
    by_protocol = service("cart", "{port: 80, targetPort: api, appProtocol: grpc}", app="basket")
    container = ", ports: [{containerPort: 7070, name: api}]"

    assert told(by_name) == {Hint("cart", "grpc", 7070, told_by=FILE)}
    assert told(by_protocol, workload("basket", container)) == told(by_name)
    assert told(service("cart", "{name: http, port: 80}")) == set()


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        (", annotations: {prometheus.io/scrape: 'true', prometheus.io/port: '9100'}", {METRICS}),
        (", annotations: {prometheus.io/scrape: 'true'}", set()),  # which of the two?
        (", annotations: {prometheus.io/scrape: 'false', prometheus.io/port: '9100'}", set()),
    ],
)
def test_annotations_of_a_pod_tell_where_its_metrics_are(marks: str, found: set[Hint]) -> None:
    assert told(workload("web", PORTS, marks)) == found


def test_labels_of_a_pod_and_annotations_of_a_service_do_so_too() -> None:
    labelled = workload("web").replace(
        "{app: web}}\n            spec",
        "{app: web, prometheus.io/scrape: 'true', prometheus.io/port: '9100'}}\n            spec",
    )
    mark = ", annotations: {prometheus.io/scrape: 'true', prometheus.io/path: /metrics}"

    assert told(labelled) == {METRICS}
    assert told(service("web", "{port: 80, targetPort: 9100}", mark)) == {METRICS}


@pytest.mark.parametrize(
    ("kind", "endpoint", "found"),
    [
        ("ServiceMonitor", "endpoints: [{port: stats}]", {METRICS}),
        ("ServiceMonitor", "endpoints: [{targetPort: 9100}]", {METRICS}),
        ("ServiceMonitor", "endpoints: [{port: stats, scheme: https}]", set()),
        ("ServiceMonitor", "endpoints: [{port: stats, basicAuth: {username: {}}}]", set()),
        ("ServiceMonitor", "endpoints: [{port: none}]", set()),
        ("PodMonitor", "podMetricsEndpoints: [{port: stats}]", {METRICS}),
        ("PodMonitor", "podMetricsEndpoints: [{portNumber: 9100}]", {METRICS}),
    ],
)
def test_monitors_tell_where_metrics_are(kind: str, endpoint: str, found: set[Hint]) -> None:
    monitor = f"""
        apiVersion: monitoring.coreos.com/v1
        kind: {kind}
        metadata: {{name: any}}
        spec: {{selector: {{matchLabels: {{app: web}}}}, {endpoint}}}
        """
    front = service("web", "{name: stats, port: 81, targetPort: stats}", ", labels: {app: web}")
    everybody = monitor.replace("{matchLabels: {app: web}}", "{}")

    assert told(monitor, front, workload("web", PORTS)) == found
    assert told(everybody, front, workload("web", PORTS)) == set()


def test_a_configuration_of_prometheus_names_services_and_their_own_ports() -> None:
    config = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: prometheus}
        data:
          prometheus.yml: |
            scrape_configs:
              - static_configs: [{targets: ["web.shop.svc:81", "orders:1", "localhost:9090"]}]
        """

    assert told(config, service("web", "{port: 81, targetPort: 9100}")) == {METRICS}


def test_templates_and_broken_files_are_passed_over() -> None:
    files = {
        "chart/templates/a.yaml": b"apiVersion: v1\nkind: {{ .Kind }}\n",
        "b.yaml": b"apiVersion: [",
        "c.txt": b"apiVersion: v1",
    }

    assert of_manifests(Source("p", files), SERVICES) == ()
