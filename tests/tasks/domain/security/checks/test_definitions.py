from __future__ import annotations

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.model import (
    Dependency,
    Endpoint,
    Entry,
    EntryKind,
    KubernetesObject,
)
from tests.tasks.domain.security.checks.platforms import PLACE, hits, platform, service, sited


def _waits(target: str, *, required: bool = True) -> Dependency:
    return Dependency(target, PLACE, f"depends_on.{target}", required=required)


@pytest.mark.parametrize(
    ("api_version", "kind", "successor"),
    [
        ("extensions/v1beta1", "Deployment", "apps/v1"),
        ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", "rbac.authorization.k8s.io/v1"),
        ("policy/v1beta1", "PodSecurityPolicy", ""),
    ],
)
def test_a_removed_version_is_reported_with_its_successor(
    api_version: str, kind: str, successor: str
) -> None:
    written = KubernetesObject(api_version, kind, "web", PLACE, f"{kind}/web:")

    (hit,) = hits("removed-api-version", platform(objects=(written,)))

    assert hit.facts["successor"] == successor
    assert hit.facts["case"] == ("successor" if successor else "gone")


def test_a_served_version_is_no_finding() -> None:
    written = KubernetesObject("apps/v1", "Deployment", "web", PLACE, "Deployment/web:")

    assert not hits("removed-api-version", platform(objects=(written,)))


@pytest.mark.parametrize(
    ("path", "subject"), [("version", "version"), ("services.web.links", "web")]
)
def test_an_obsolete_key_belongs_to_its_service_or_to_itself(path: str, subject: str) -> None:
    key = sited(path.rpartition(".")[2], path=path)

    assert [hit.subject for hit in hits("obsolete-key", platform(obsolete=(key,)))] == [subject]


def test_a_dependency_that_is_not_here_is_a_finding() -> None:
    web = service("web", depends_on=(_waits("db"), _waits("cache", required=False)))

    must, may = hits("dangling-dependency", platform(web))

    assert (must.facts["target"], must.severity) == ("db", None)
    assert (may.facts["target"], may.severity) == ("cache", Severity.LOW)


def test_an_endpoint_that_selects_nothing_is_a_finding() -> None:
    nowhere = Endpoint("web", "Service", PLACE, "Service/web:", selector={"app": "wbe"})
    headless = Endpoint("outside", "Service", PLACE, "Service/outside:")

    found = hits("dangling-dependency", platform(endpoints=(nowhere, headless)))

    assert [(hit.subject, hit.facts["case"]) for hit in found] == [("web", "selector")]


def test_a_ring_of_dependencies_is_one_finding() -> None:
    ring = platform(
        service("a", depends_on=(_waits("b"),)),
        service("b", depends_on=(_waits("c"),)),
        service("c", depends_on=(_waits("a"), _waits("d"))),
        service("d"),
    )

    (hit,) = hits("dependency-cycle", ring)

    assert hit.facts == {"ring": "a -> b -> c -> a"}


def test_a_service_that_waits_for_itself_is_a_ring() -> None:
    (hit,) = hits("dependency-cycle", platform(service("a", depends_on=(_waits("a"),))))

    assert hit.facts == {"ring": "a -> a"}


def test_two_ways_to_one_service_are_no_ring() -> None:
    diamond = platform(
        service("a", depends_on=(_waits("b"), _waits("c"))),
        service("b", depends_on=(_waits("d"),)),
        service("c", depends_on=(_waits("d"),)),
        service("d"),
    )

    assert not hits("dependency-cycle", diamond)


def test_a_chain_of_ten_thousand_services_is_walked_without_recursion() -> None:
    names = [f"s{number}" for number in range(10_000)]
    following = zip(names, [*names[1:], names[0]], strict=True)
    chain = platform(*(service(name, depends_on=(_waits(after),)) for name, after in following))

    (hit,) = hits("dependency-cycle", chain)

    assert hit.facts["ring"].startswith("s0 -> s1 -> ")


def test_a_workload_that_a_cluster_refuses_names_the_label() -> None:
    (hit,) = hits("selector-without-pods", platform(service(unmatched=sited("app"))))

    assert hit.facts == {"label": "app"}


def test_the_namespace_of_all_who_choose_none_counts_where_somebody_chose_it() -> None:
    chosen, other = service("a", namespace="default"), service("b", namespace="shop")
    (hit,) = hits("default-namespace", platform(chosen, other, service("c")))

    assert (hit.facts["count"], hit.facts["of"], hit.facts["names"]) == ("1", "3", "a")


def _object(kind: str, name: str, namespace: str = "", api_version: str = "v1") -> KubernetesObject:
    return KubernetesObject(api_version, kind, name, PLACE, f"{kind}/{name}", namespace)


def test_objects_that_name_no_namespace_are_one_finding_by_kinds() -> None:
    here = (_object("Service", "a"), _object("Service", "b"), _object("ConfigMap", "c"))
    elsewhere = (_object("Node", "n"), _object("Widget", "w", api_version="example.org/v1"))

    (hit,) = hits("no-namespace", platform(objects=(*here, *elsewhere)))

    assert hit.facts == {"case": "all", "count": "3", "of": "3", "what": "1 ConfigMap, 2 Service"}


def test_those_that_name_none_while_others_do_are_named() -> None:
    objects = (_object("Service", "a"), _object("Service", "b", "shop"))

    (hit,) = hits("no-namespace", platform(objects=objects))

    assert hit.facts == {"case": "some", "count": "1", "of": "2", "what": "Service/a"}


def test_a_chart_need_not_name_one() -> None:
    chart = Entry("chart", EntryKind.HELM, ("chart/Chart.yaml",))

    assert not hits("no-namespace", platform(entry=chart, objects=(_object("Service", "a"),)))


def test_a_piece_that_others_include_gets_the_namespace_of_theirs() -> None:
    assert not hits("no-namespace", platform(component=True, objects=(_object("Service", "a"),)))
