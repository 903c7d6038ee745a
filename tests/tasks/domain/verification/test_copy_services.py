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
