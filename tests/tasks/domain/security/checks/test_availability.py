from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tasks.domain.platform.cluster import Autoscaler, Cluster, Named
from tasks.domain.platform.containers import Mount, Port
from tasks.domain.platform.model import Endpoint, KubernetesObject, Platform
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    container,
    hits,
    platform,
    service,
    sited,
)


def _fronted(port: int = 80, **fields: Any) -> Platform:
    front = Endpoint(
        "web", "Service", PLACE, "Service/web:", ports=(Port(port, PLACE, "p"),), targets=("web",)
    )
    claims = fields.pop("mounts", ())
    objects = fields.pop("objects", ())
    fields = {"kind": "Deployment", **fields}
    web = service("web", container(mounts=claims), **fields)
    return platform(web, endpoints=(front,), objects=objects)


@pytest.mark.parametrize("replicas", [None, sited(1)])
def test_one_replica_behind_an_endpoint_is_a_finding(replicas: Any) -> None:
    assert hits("single-replica", _fronted(replicas=replicas))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"replicas": sited(2)}, id="two replicas"),
        pytest.param({"replicas": sited(0)}, id="switched off"),
        pytest.param({"kind": "StatefulSet"}, id="keeps state"),
        pytest.param({"mounts": (Mount("claim", "d", "/d", PLACE, "m"),)}, id="claims a volume"),
        pytest.param({"port": 6379}, id="a store by its port"),
        pytest.param(
            {
                "objects": (
                    KubernetesObject(
                        "autoscaling/v2", "HorizontalPodAutoscaler", "web", PLACE, "h"
                    ),
                )
            },
            id="scaled by another",
        ),
    ],
)
def test_what_must_not_or_need_not_be_doubled_is_no_finding(fields: dict[str, Any]) -> None:
    assert not hits("single-replica", _fronted(**fields))


def test_a_deployment_that_nobody_reaches_is_no_finding() -> None:
    assert not hits("single-replica", platform(service(kind="Deployment")))


def test_what_an_autoscaler_of_any_name_aims_at_is_not_one_copy_for_long() -> None:
    of = Named("front", "HorizontalPodAutoscaler", "", PLACE, "h")
    scaler = Autoscaler(of, "Deployment", "web")

    assert len(hits("single-replica", _fronted())) == 1
    scaled = replace(_fronted(), cluster=Cluster(autoscalers=(scaler,)))
    assert hits("single-replica", scaled) == []
