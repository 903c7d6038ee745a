from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.platform.cluster import Autoscaler, Cluster, Named, Selecting
from tasks.domain.platform.containers import Mount, Resources
from tasks.domain.platform.model import Endpoint
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    container,
    hits,
    platform,
    service,
    sited,
    subjects,
)

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform

FRONT = Endpoint("web", "Service", PLACE, "s", targets=("web",))
SCALER = Autoscaler(Named("scale", "HorizontalPodAutoscaler", "", PLACE, "h"), "Deployment", "web")


def _budget(**fields: Any) -> Selecting:
    named = Named("budget", "PodDisruptionBudget", "", PLACE, "b")
    return Selecting(named, targets=fields.pop("targets", ("web",)), **fields)


def _web(cluster: Cluster, **fields: Any) -> Platform:
    fields = {"kind": "Deployment", **fields}
    containers = fields.pop("containers", ())
    return platform(service("web", *containers, **fields), cluster=cluster, endpoints=(FRONT,))


@pytest.mark.parametrize(
    ("limits", "replicas", "found"),
    [
        ({"min_available": sited("2")}, 2, 1),
        ({"min_available": sited("1")}, 2, 0),
        ({"min_available": sited("100%")}, 3, 1),
        ({"min_available": sited("50%")}, 2, 0),
        ({"max_unavailable": sited("0")}, 3, 1),
        ({"max_unavailable": sited("1")}, 3, 0),
        ({"min_available": sited("1")}, 0, 0),  # nothing is there that could be in the way
    ],
)
def test_a_budget_that_lets_no_pod_go_blocks_a_drain(
    limits: dict[str, Any], replicas: int, found: int
) -> None:
    cluster = Cluster(budgets=(_budget(**limits),))

    assert len(hits("drain-blocked", _web(cluster, replicas=sited(replicas)))) == found


def test_a_budget_whose_copies_somebody_else_sets_may_let_go() -> None:
    cluster = Cluster(budgets=(_budget(min_available=sited("1")),), autoscalers=(SCALER,))

    assert not hits("drain-blocked", _web(cluster))


@pytest.mark.parametrize(("replicas", "found"), [(3, ["web"]), (2, [])])
def test_several_copies_behind_an_endpoint_need_a_budget(replicas: int, found: list[str]) -> None:
    copied = _web(Cluster(), replicas=sited(replicas))
    kept = _web(Cluster(budgets=(_budget(),)), replicas=sited(replicas))

    assert subjects("no-disruption-budget", copied) == found
    assert not hits("no-disruption-budget", kept)


def test_an_update_that_first_stops_everything_is_a_finding_unless_a_volume_needs_it() -> None:
    claimed = (container(mounts=(Mount("claim", "d", "/d", PLACE, "m"),)),)

    assert subjects("update-stops-service", _web(Cluster(), strategy=sited("Recreate"))) == ["web"]
    assert not hits("update-stops-service", _web(Cluster(), strategy=sited("RollingUpdate")))
    assert not hits(
        "update-stops-service", _web(Cluster(), strategy=sited("Recreate"), containers=claimed)
    )


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (Resources(), 1),
        (Resources(cpu_request=sited(0.5)), 0),
        (Resources(cpu_limit=sited(0.5)), 0),  # the request is then the limit
        (Resources(memory_request=sited(2**28)), 1),
    ],
)
def test_an_autoscaler_sees_nothing_without_the_request_that_it_measures(
    resources: Resources, found: int
) -> None:
    scaler = Autoscaler(SCALER.of, "Deployment", "web", ("cpu",))
    on = _web(Cluster(autoscalers=(scaler,)), containers=(container(resources=resources),))

    assert len(hits("blind-autoscaler", on)) == found


def test_a_request_that_the_namespace_gives_is_enough_for_an_autoscaler() -> None:
    scaler = Autoscaler(SCALER.of, "Deployment", "web", ("cpu",))
    given = (("", frozenset({"cpu_request"})),)

    assert not hits("blind-autoscaler", _web(Cluster(autoscalers=(scaler,), provided=given)))


def test_a_written_number_of_copies_fights_an_autoscaler() -> None:
    cluster = Cluster(autoscalers=(SCALER,))

    assert subjects("replicas-fight-autoscaler", _web(cluster, replicas=sited(2))) == ["web"]
    assert not hits("replicas-fight-autoscaler", _web(cluster))


def test_what_selects_no_pod_of_its_own_namespace_is_a_finding() -> None:
    lost = _budget(targets=())
    elsewhere = Selecting(Named("p", "NetworkPolicy", "other", PLACE, "p"))
    everybody = Selecting(Named("q", "NetworkPolicy", "", PLACE, "q"), everybody=True)
    stray = Autoscaler(SCALER.of, "Deployment", "gone")

    cluster = Cluster(budgets=(lost,), policies=(elsewhere, everybody), autoscalers=(stray, SCALER))

    assert subjects("selects-nothing", _web(cluster)) == ["budget", "scale"]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"replicas": sited(3)}, True),
        ({"replicas": sited(3), "spread": True}, False),
        ({"replicas": sited(2)}, False),
        ({"replicas": sited(3), "kind": "DaemonSet"}, False),
        ({}, False),
    ],
)
def test_copies_of_which_nobody_said_that_they_lie_apart(
    fields: dict[str, Any], *, found: bool
) -> None:
    on = platform(service(**{"kind": "Deployment", **fields}))

    assert bool(hits("copies-not-spread", on)) is found
