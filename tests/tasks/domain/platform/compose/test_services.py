"""Requirements on services of the model."""

from tests.tasks.domain.platform.compose.projects import MAIN, platform_of


def test_a_service_is_known_by_all_its_names() -> None:
    platform = platform_of(
        """\
        services:
          db: {image: x, container_name: shop-db, networks: {n: {aliases: [store]}}}
          web: {image: x, environment: {A: "store:1", B: "shop-db:2"}}
        networks: {n: {}}
        """
    )
    db, web = platform.services

    assert db.hostnames == ("db", "shop-db", "store")
    assert [v.features.refers_to for v in web.containers[0].environment] == ["db", "db"]
    assert [n.value for n in platform.networks] == ["n"]


def test_the_hosts_own_spaces_and_replicas_are_read() -> None:
    service = platform_of(
        "services: {a: {image: x, network_mode: host, pid: host, ipc: shareable, scale: 3}}"
    ).services[0]

    assert service.host_network is not None
    assert service.host_network.value
    assert service.host_pid is not None
    assert service.host_ipc is not None
    assert not service.host_ipc.value
    assert service.replicas is not None
    assert (service.replicas.value, service.replicas.path) == (3, "services.a.scale")


def test_an_image_is_given_as_it_runs_and_as_written() -> None:
    files = {MAIN: "services: {a: {image: 'x:${T}'}}", ".env": "T=1"}
    box = platform_of(files).services[0].containers[0]

    assert box.image is not None
    assert (box.image.value, box.image_as_written) == ("x:1", "x:${T}")


def test_a_build_names_its_dockerfile_only_if_the_source_has_it() -> None:
    files = {
        MAIN: "services: {a: {build: ./a}, b: {build: {context: b, dockerfile: Other}}}",
        "a/Dockerfile": "FROM x",
    }
    builds = [s.containers[0].build for s in platform_of(files).services]

    assert [(b.context, b.dockerfile) for b in builds if b] == [("a", "a/Dockerfile"), ("b", "")]


def test_published_exposed_and_late_ports_are_told_apart() -> None:
    ports = (
        platform_of("services: {a: {image: x, ports: ['80:8080', '90'], expose: ['70/udp']}}")
        .services[0]
        .containers[0]
        .ports
    )

    assert [(p.container, p.host, p.protocol) for p in ports] == [
        (8080, 80, "tcp"),
        (90, -1, "tcp"),
        (70, None, "udp"),
    ]
