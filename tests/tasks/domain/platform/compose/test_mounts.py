"""Requirements on what is mounted."""

from tests.tasks.domain.platform.compose.projects import container_of


def test_every_kind_of_mount_is_read() -> None:
    mounts = container_of(
        """\
        services:
          a:
            image: x
            volumes: [ "./conf:/conf:ro", "data:/data", "/anonymous" ]
            tmpfs: "/run:size=1m"
            secrets: [ one ]
            configs: [ {source: two, target: /etc/two} ]
        """
    ).mounts

    assert [(m.kind, m.source, m.target, m.read_only) for m in mounts] == [
        ("bind", "conf", "/conf", True),
        ("volume", "data", "/data", False),
        ("volume", "", "/anonymous", False),
        ("tmpfs", "", "/run", False),
        ("secret", "one", "/run/secrets/one", True),
        ("config", "two", "/etc/two", True),
    ]
    assert mounts[0].path == "services.a.volumes[0]"


def test_a_path_of_the_host_stays_as_it_is() -> None:
    box = container_of("services: {a: {image: x, volumes: ['/var/run/docker.sock:/s', '../o:/o']}}")

    assert [m.source for m in box.mounts] == ["/var/run/docker.sock", "../o"]
