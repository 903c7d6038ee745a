from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.containers import Mount
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    container,
    hits,
    of,
    platform,
    service,
    sited,
)

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform


def _mounting(source: str, *, kind: str = "bind", read_only: bool = False) -> Platform:
    mount = Mount(kind, source, "/inside", PLACE, "services.web.volumes[0]", read_only)
    return of(container(mounts=(mount,)))


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(
    "source", ["/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock"]
)
def test_the_engines_socket_is_a_finding_however_it_is_mounted(
    source: str, read_only: bool
) -> None:
    mounted = _mounting(source, read_only=read_only)

    assert len(hits("engine-socket-mounted", mounted)) == 1
    assert not hits("host-folder-mounted", mounted)


def test_a_variable_may_hide_what_is_mounted_but_not_what_for() -> None:
    hidden = Mount("volume", "", "/var/run/docker.sock", PLACE, "services.web.volumes[0]")

    assert hits("engine-socket-mounted", of(container(mounts=(hidden,))))


@pytest.mark.parametrize("source", ["/", "/etc", "/proc/", "/var/lib/docker/containers", "/dev"])
def test_writing_a_sensitive_folder_is_worse_than_reading_it(source: str) -> None:
    (writing,) = hits("host-folder-mounted", _mounting(source))
    (reading,) = hits("host-folder-mounted", _mounting(source, read_only=True))

    assert (writing.severity, reading.severity) == (Severity.HIGH, None)


@pytest.mark.parametrize("source", ["./data", "/etc/localtime", "/srv/shop", "/devices", "~/x"])
def test_ordinary_folders_are_no_finding(source: str) -> None:
    assert not hits("host-folder-mounted", _mounting(source))


def test_a_volume_is_not_a_folder_of_the_host() -> None:
    assert not hits("host-folder-mounted", _mounting("/etc", kind="volume"))
    assert not hits("engine-socket-mounted", _mounting("docker.sock", kind="volume"))


def test_all_shared_namespaces_of_a_service_are_one_finding() -> None:
    shared = service(
        "node",
        host_network=sited(value=True),
        host_pid=sited(value=True),
        host_ipc=sited(value=False),
    )

    (hit,) = hits("host-namespace", platform(shared, service("web")))

    assert hit.subject == "node"
    assert hit.facts == {"namespaces": "network, PID"}
