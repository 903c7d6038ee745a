"""Requirements on what a service needs."""

from tests.tasks.domain.platform.compose.projects import platform_of


def test_every_way_to_need_a_service_is_an_edge_once() -> None:
    platform = platform_of(
        """\
        services:
          a:
            image: x
            depends_on: { b: {condition: service_healthy, required: false} }
            links: [ "b:alias", c ]
            volumes_from: [ "d:ro", "container:e" ]
            network_mode: "service:f"
          b: {image: x}
          c: {image: x}
          d: {image: x}
          f: {image: x}
        """
    )

    assert [
        (n.target, n.kind, n.condition, n.required) for n in platform.services[0].depends_on
    ] == [
        ("b", "depends_on", "service_healthy", False),
        ("c", "links", "service_started", True),
        ("f", "network_mode", "service_started", True),
        ("d", "volumes_from", "service_started", True),
    ]
    assert [e.target for e in platform.edges] == ["b", "c", "f", "d"]
    assert platform.services[0].depends_on[1].path == "services.a.links[1]"
