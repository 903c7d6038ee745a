from __future__ import annotations

from typing import Any

import pytest

from tasks.domain.platform.sources import Source
from tasks.domain.verification.hints import Hint, health_call, of_mounts, of_services

CONFIGURATION = """
scrape_configs:
  - job_name: all
    static_configs: [{targets: ["localhost:9090", "orders:8000", "cart-1:80", "gone:80"]}]
"""


@pytest.mark.parametrize(
    ("test", "found"),
    [
        (["CMD", "/bin/grpc_health_probe", "-addr=:7070"], (7070, "")),
        (["CMD", "grpc-health-probe", "--addr", "localhost:50051"], (50051, "")),
        ("grpc_health_probe -addr=127.0.0.1:90 -service=shop.Orders", (90, "shop.Orders")),
        (
            ["CMD-SHELL", "grpc_health_probe -addr=127.0.0.1:9000 -service=shop.Orders || exit 1"],
            (9000, "shop.Orders"),
        ),
        (["CMD", "grpc_health_probe", "-addr=:7070", "-tls"], None),
        (["CMD", "grpc_health_probe", "-addr=:7070", "-tls=false"], (7070, "")),
        (["CMD", "grpc_health_probe", "-addr=other:7070"], None),
        (["CMD-SHELL", "grpc_health_probe -addr=:$PORT"], None),
        (["CMD", "curl", "-addr=:7070"], None),
        (None, None),
    ],
    ids=str,
)
def test_a_command_that_asks_for_health_says_where(test: Any, found: Any) -> None:
    assert health_call(test) == found


def test_a_service_says_of_itself_what_it_speaks() -> None:
    probe = ["CMD", "grpc_health_probe", "-addr=:7070"]
    services: dict[str, Any] = {
        "cart": {"healthcheck": {"test": probe}},
        "off": {"healthcheck": {"test": probe, "disable": True}},
        "web": {"labels": {"prometheus.io/scrape": "true"}},
        "db": {"labels": {"prometheus.io/scrape": "true", "prometheus.io/port": "9187"}},
        "dark": {"labels": {"prometheus.io/scrape": "true"}},
    }

    assert list(of_services(services, {"web": 8000, "cart": 7070})) == [
        Hint("cart", "grpc-health", 7070),
        Hint("web", "metrics", 8000, "/metrics", told_by="prometheus.io/scrape"),
        Hint("db", "metrics", 9187, "/metrics", told_by="prometheus.io/scrape"),
    ]


@pytest.mark.parametrize(
    ("mount", "told_by"),
    [
        ({"volumes": [{"source": "/p/ops/prometheus.yml"}]}, "ops/prometheus.yml"),
        ({"volumes": [{"source": "/p/ops"}]}, "ops/prometheus.yml"),
        ({"volumes": [{"source": "/p"}]}, "ops/prometheus.yml"),
        ({"configs": [{"source": "file"}]}, "ops/prometheus.yml"),
        ({"configs": [{"source": "text"}]}, "config text"),
        ({"volumes": [{"source": "/elsewhere"}, {"type": "tmpfs"}, {"source": "data"}]}, ""),
        ({"volumes": [{"source": "/p/op"}]}, ""),
    ],
    ids=str,
)
def test_a_mounted_configuration_tells_whom_prometheus_scrapes(
    mount: dict[str, Any], told_by: str
) -> None:
    source = Source("p", {"ops/prometheus.yml": CONFIGURATION.encode(), "ops/a.yml": b"\xff"})
    model: dict[str, Any] = {
        "services": {
            "watch": mount,
            "orders": {},
            "cart": {"networks": {"default": {"aliases": ["cart-1"]}}, "container_name": "orders"},
        },
        "configs": {
            "file": {"file": "/p/ops/prometheus.yml"},
            "text": {"content": CONFIGURATION},
        },
    }

    found = [] if not told_by else [("watch", 9090), ("orders", 8000), ("cart", 80)]
    assert [(h.service, h.port) for h in of_mounts(model, source, "/p")] == found
    assert {h.told_by for h in of_mounts(model, source, "/p")} == ({told_by} if told_by else set())


def test_a_question_is_named_by_what_it_asks() -> None:
    names = [
        Hint("cart", "grpc-health", 7070).name,
        Hint("cart", "grpc-health", 7070, asks="shop.Cart").name,
        Hint("cart", "grpc", 7070).name,
        Hint("web", "metrics", 80, "/stats").name,
    ]

    assert names == [
        "cart: health over gRPC at 7070",
        "cart: health over gRPC of shop.Cart at 7070",
        "cart: gRPC at 7070",
        "web: metrics at 80/stats",
    ]
