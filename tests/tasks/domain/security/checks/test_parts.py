from __future__ import annotations

from tasks.domain.platform.model import Edge
from tasks.domain.security.checks.parts import needed, parts
from tests.tasks.domain.security.checks.platforms import PLACE, container, platform, service


def test_the_only_main_container_is_named_after_its_service() -> None:
    pod = service("web", container("server"), container("setup", role="init"), kind="Deployment")

    assert [part.subject for part in parts(platform(pod))] == ["web", "web/setup"]


def test_of_several_main_containers_each_has_its_own_name() -> None:
    pod = service("web", container("server"), container("proxy"), kind="Deployment")

    assert [part.subject for part in parts(platform(pod))] == ["web/server", "web/proxy"]


def test_roles_narrow_the_walk() -> None:
    pod = service("web", container("server"), container("setup", role="init"))

    assert [part.container.name for part in parts(platform(pod), "init")] == ["setup"]


def test_needing_itself_does_not_make_a_service_needed() -> None:
    edges = (Edge("a", "a", "reference", PLACE), Edge("a", "b", "depends_on", PLACE))

    assert needed(platform(edges=edges)) == {"b": ("a",)}
