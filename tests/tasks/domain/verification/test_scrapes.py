from __future__ import annotations

import pytest

from tasks.domain.verification.scrapes import Scrape, configured, marked, rooted

CONFIGURATION = """
global: {scrape_interval: 15s}
scrape_configs:
  - job_name: prometheus
    static_configs: [{targets: ["localhost:9090"]}]
  - job_name: shop
    metrics_path: stats/prometheus
    static_configs:
      - targets: ["orders:8000", users, "catalog.shop.svc.cluster.local:8001"]
      - targets: ["https://elsewhere.example/", "[::1]:90", "orders:99999"]
  - job_name: replicas
    dns_sd_configs: [{names: [tasks.worker], type: A, port: 9000}, {names: [_srv.worker]}]
  - job_name: black box
    static_configs: [{targets: ["orders:1"]}]
    relabel_configs: [{source_labels: [__address__], target_label: __address__}]
  - {job_name: tls, scheme: https, static_configs: [{targets: ["orders:2"]}]}
  - {job_name: own, basic_auth: {username: u}, static_configs: [{targets: ["orders:3"]}]}
  - {job_name: other, params: {module: [x]}, static_configs: [{targets: ["orders:4"]}]}
  - {job_name: odd, static_configs: {targets: ["orders:5"]}}
  - a word
"""


def test_targets_of_a_configuration_are_those_that_can_be_asked_as_it_does() -> None:
    assert list(configured("prometheus.yml", CONFIGURATION)) == [
        Scrape("", 9090),
        Scrape("orders", 8000, "/stats/prometheus"),
        Scrape("users", 80, "/stats/prometheus"),
        Scrape("catalog", 8001, "/stats/prometheus"),
        Scrape("worker", 9000),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "scrape_configs", "scrape_configs: 3", "scrape_configs: [", "- scrape_configs", "a: b"],
)
def test_what_is_no_configuration_names_nobody(text: str) -> None:
    assert list(configured("a.yml", text)) == []


@pytest.mark.parametrize(
    ("marks", "ports", "found"),
    [
        ({"scrape": "true", "port": "9102"}, (), Scrape("", 9102)),
        ({"scrape": "true", "port": "9102", "path": "stats"}, (80,), Scrape("", 9102, "/stats")),
        ({"scrape": "True"}, (8080, 8080), Scrape("", 8080)),
        ({"scrape": "true"}, (8080, 9090), None),
        ({"scrape": "true"}, (), None),
        ({"scrape": "true", "port": "http"}, (80,), None),
        ({"scrape": "true", "port": "80", "scheme": "https"}, (), None),
        ({"scrape": "false", "port": "80"}, (), None),
        ({"port": "80"}, (), None),
    ],
)
def test_marks_tell_where_metrics_are(
    marks: dict[str, str], ports: tuple[int, ...], found: Scrape | None
) -> None:
    told = {f"prometheus.io/{name}": text for name, text in marks.items()}

    assert marked({**told, "app": "true"}, ports) == found


def test_a_path_begins_at_the_root() -> None:
    assert rooted("metrics") == rooted("/metrics") == "/metrics"


def test_a_path_that_may_hold_a_secret_is_not_asked_for() -> None:
    text = CONFIGURATION.replace("stats/prometheus", "/metrics?token=teapot")
    marks = {"prometheus.io/scrape": "true", "prometheus.io/path": "/metrics?token=teapot"}

    assert "teapot" not in str([*configured("prometheus.yml", text)])
    assert marked(marks, [80]) is None
