from typing import Any

import pytest

from tasks.domain.settings import Settings
from tasks.domain.verification.permissions import inside, wishes

ROOT = "/srv/platform"


@pytest.mark.parametrize(
    ("service", "permission"),
    [
        ({"privileged": True}, "privileged"),
        ({"security_opt": ["apparmor=unconfined"]}, "privileged"),
        ({"security_opt": ["systempaths=unconfined"]}, "privileged"),
        ({"post_start": [{"command": "x", "privileged": True}]}, "privileged"),
        ({"network_mode": "host"}, "host-namespaces"),
        ({"pid": "host"}, "host-namespaces"),
        ({"ipc": "host"}, "host-namespaces"),
        ({"userns_mode": "host"}, "host-namespaces"),
        ({"cgroup": "host"}, "host-namespaces"),
        ({"cap_add": ["NET_ADMIN"]}, "capabilities"),
        ({"devices": [{"source": "/dev/kvm", "target": "/dev/kvm"}]}, "devices"),
        ({"gpus": "all"}, "devices"),
        (
            {"deploy": {"resources": {"reservations": {"devices": [{"driver": "nvidia"}]}}}},
            "devices",
        ),
        (
            {"volumes": [{"type": "bind", "source": "/var/run/docker.sock", "target": "/s"}]},
            "engine-socket",
        ),
        ({"use_api_socket": True}, "engine-socket"),
        ({"volumes": [{"type": "bind", "source": "/etc", "target": "/e"}]}, "bind-mounts"),
        ({"volumes": [{"type": "bind", "source": f"{ROOT}/../x", "target": "/e"}]}, "bind-mounts"),
        ({"network_mode": "container:users-own"}, ""),
        ({"volumes_from": ["container:users-own"]}, ""),
        ({"provider": {"type": "anything"}}, ""),
        ({"external_links": ["users-own"]}, ""),
    ],
    ids=str,
)
def test_what_reaches_out_of_the_box_needs_a_name(service: dict[str, Any], permission: str) -> None:
    (wish,) = wishes("web", service, ROOT)

    assert wish.permission == permission
    assert not wish.granted(Settings())
    assert wish.granted(Settings(permissions={permission: ("web",)})) is bool(permission)
    assert not wish.granted(Settings(permissions={permission: ("other",)}))


@pytest.mark.parametrize(
    "service",
    [
        {},
        {"network_mode": "service:web", "pid": "service:web"},
        {"security_opt": ["no-new-privileges:true"]},
        {"cap_drop": ["ALL"], "cap_add": ["CHOWN", "cap_setuid"]},
        {"volumes": [{"type": "bind", "source": f"{ROOT}/conf", "target": "/c"}]},
        {"volumes": [{"type": "volume", "source": "data", "target": "/d"}]},
    ],
    ids=str,
)
def test_what_stays_inside_needs_nothing(service: dict[str, Any]) -> None:
    assert wishes("web", service, ROOT) == ()


def test_a_folder_that_only_begins_alike_is_outside() -> None:
    assert inside(f"{ROOT}/a", ROOT)
    assert not inside(f"{ROOT}-other/a", ROOT)
    assert not inside(f"{ROOT}/../platform-other", ROOT)
