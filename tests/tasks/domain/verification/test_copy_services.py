from dataclasses import replace
from typing import Any

import pytest

from tasks.domain.verification.copy_request import Request
from tasks.domain.verification.copy_services import Box, shaped_service
from tasks.domain.verification.stand_ins import StandIns


def box() -> Box:
    return Box(Request("cmi-x", "run-1", "p1", "/srv", "/state", b"seed"), StandIns())


@pytest.mark.parametrize(
    ("written", "copied"),
    [("always", "on-failure:5"), ("unless-stopped", "on-failure:5"), ("no", "no"), (None, "no")],
)
def test_a_crash_loop_ends(written: str | None, copied: str) -> None:
    assert shaped_service("web", {"restart": written}, box())["restart"] == copied


def test_a_seccomp_profile_of_the_host_is_not_opened() -> None:
    options = ["seccomp=/etc/profile.json", "no-new-privileges:true"]
    made = shaped_service("web", {"security_opt": options}, box())

    assert made["security_opt"] == ["no-new-privileges:true"]


def test_memory_filesystems_have_a_limit() -> None:
    made = shaped_service("web", {"volumes": [{"type": "tmpfs", "target": "/t"}]}, box())

    assert made["volumes"][0]["tmpfs"]["size"] > 0


def test_a_service_in_another_ones_network_has_none_of_its_own() -> None:
    made = shaped_service("web", {"network_mode": "service:db"}, box())

    assert "networks" not in made


def test_what_is_otherwise_is_told() -> None:
    one = box()
    shaped_service("web", {"ports": [{"target": 80}]}, one)

    assert one.changed == ["no port is published on this machine"]


@pytest.mark.parametrize(
    "written",
    [{"cpus": 8.0}, {"deploy": {"resources": {"limits": {"cpus": "8"}}}}],
    ids=["short", "long"],
)
def test_nobody_gets_more_cores_than_the_engine_has(written: dict[str, Any]) -> None:
    one = box()
    one.request = replace(one.request, cores=2.0)
    made = shaped_service("web", written, one)
    less = shaped_service("web", {"cpus": 0.5, "mem_limit": 1 << 25}, one)

    assert made["deploy"]["resources"]["limits"]["cpus"] == "2"
    assert "cpus" not in made
    assert less["deploy"]["resources"]["limits"]["cpus"] == "0.5"
