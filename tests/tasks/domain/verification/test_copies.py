from dataclasses import replace
from typing import Any

import pytest

from tasks.domain.settings import Settings
from tasks.domain.verification.copies import Copy, copy_of
from tasks.domain.verification.copy_request import EGRESS, LABEL, Request

ROOT = "/srv/platform"
REQUEST = Request("cmi-x", "run-1", "p1", ROOT, "/state/copy", b"seed")


def service(**fields: Any) -> dict[str, Any]:
    return {"image": "local/x", "networks": {"default": None}, **fields}


def made(services: dict[str, Any], request: Request = REQUEST, **more: Any) -> Copy:
    return copy_of({"services": services, **more}, request)


def one(request: Request = REQUEST, **fields: Any) -> dict[str, Any]:
    copy = made({"web": service(**fields)}, request)
    found: dict[str, Any] = copy.definition["services"]["web"]
    return found


def test_nothing_of_a_copy_has_a_name_a_port_or_a_label_of_the_users() -> None:
    found = one(
        container_name="web",
        ports=[{"target": 80, "published": "80"}],
        labels={"traefik.enable": "true"},
        restart="always",
        profiles=["x"],
        build={"context": "."},
        develop={"watch": []},
        logging={"driver": "syslog"},
    )

    assert not {"container_name", "ports", "profiles", "build", "develop"} & set(found)
    assert set(found["labels"]) == {LABEL, "io.cmi.run", "io.cmi.platform"}
    assert found["restart"] == "on-failure:5"
    assert found["logging"]["driver"] == "json-file"
    assert found["pull_policy"] == "never"


def test_networks_are_closed_unless_egress_is_permitted() -> None:
    closed = made({"web": service(networks={"front": {"aliases": ["www"]}, "back": None})})
    assert set(closed.definition["networks"]) == {"front", "back"}
    assert all(each["internal"] for each in closed.definition["networks"].values())
    assert closed.definition["services"]["web"]["networks"]["front"] == {"aliases": ["www"]}

    allowed = replace(REQUEST, settings=Settings(permissions={"egress": ("web",)}))
    opened = made({"web": service(), "db": service()}, allowed)
    assert "internal" not in opened.definition["networks"][EGRESS]
    assert EGRESS in opened.definition["services"]["web"]["networks"]
    assert EGRESS not in opened.definition["services"]["db"]["networks"]


def test_what_the_user_made_before_is_not_used() -> None:
    copy = made(
        {"db": service(volumes=[{"type": "volume", "source": "data", "target": "/d"}])},
        volumes={"data": {"external": True, "name": "production", "driver": "nfs"}},
        networks={"default": {"external": True, "name": "production"}},
    )

    assert "external" not in str(copy.definition)
    assert "production" not in str(copy.definition)
    assert "nfs" not in str(copy.definition)


def test_limits_are_capped_and_stand_in_one_place() -> None:
    unlimited, own = one(), one(mem_limit="67108864", pids_limit=50, cpus=0.5)

    assert unlimited["deploy"]["resources"]["limits"] == {"memory": str(2 << 30), "pids": 2048}
    assert own["deploy"]["resources"]["limits"] == {
        "memory": "67108864",
        "pids": 50,
        "cpus": "0.5",
    }
    assert not {"mem_limit", "pids_limit", "cpus"} & set(own)
    greedy = one(deploy={"resources": {"limits": {"memory": str(64 << 30)}}, "replicas": 40})
    assert greedy["deploy"]["resources"]["limits"]["memory"] == str(2 << 30)
    assert greedy["deploy"]["replicas"] == 3


def test_files_of_the_platform_are_mounted_as_copies() -> None:
    mount = {"type": "bind", "source": f"{ROOT}/conf/a", "target": "/a", "read_only": True}
    copy = made({"web": service(volumes=[mount])})

    (found,) = copy.definition["services"]["web"]["volumes"]
    assert found == {**mount, "source": "/state/copy/binds/conf/a"}
    assert copy.files == {f"{ROOT}/conf/a": "binds/conf/a"}


def test_a_permitted_folder_of_the_host_can_only_be_read() -> None:
    mount = {"type": "bind", "source": "/etc/ssl", "target": "/ssl"}
    allowed = replace(REQUEST, settings=Settings(permissions={"bind-mounts": ("*",)}))

    (found,) = one(allowed, volumes=[mount])["volumes"]
    assert found["read_only"] is True


def test_who_lacks_a_permission_is_not_assessed_and_takes_its_dependents_along() -> None:
    needs = {"console": {"condition": "service_started", "required": True}}
    copy = made(
        {
            "console": service(privileged=True),
            "web": service(depends_on=needs),
            "edge": service(depends_on={"web": {"condition": "service_started"}}),
            "loose": service(depends_on={"console": {"required": False}}),
        }
    )

    assert copy.services == ("loose",)
    assert copy.definition["services"]["loose"].get("depends_on") is None
    reasons = {each.what: each.reason for each in copy.not_assessed}
    assert "does not permit privileged" in reasons["service console"]
    assert reasons["service web"] == "it needs console, which is not in the copy"
    assert reasons["service edge"] == "it needs web, which is not in the copy"


def test_permitted_wishes_are_listed_for_consent() -> None:
    allowed = replace(REQUEST, settings=Settings(permissions={"capabilities": ("web",)}))
    copy = made({"web": service(cap_add=["NET_ADMIN"])}, allowed)

    assert copy.definition["services"]["web"]["cap_add"] == ["NET_ADMIN"]
    assert [(w.service, w.permission) for w in copy.wishes] == [("web", "capabilities")]


@pytest.mark.parametrize("key", ["some_key_of_tomorrow", "runtime", "cgroup_parent", "mac_address"])
def test_what_nobody_has_looked_at_is_left_out(key: str) -> None:
    assert key not in one(REQUEST, **{key: "x"})


def test_secrets_are_replaced_and_originals_only_by_choice() -> None:
    fields: dict[str, Any] = {
        "environment": {"DB_PASSWORD": "teapot-and-tray", "EMPTY": None},
        "command": ["serve", "--password", "teapot-and-tray"],
    }
    found = one(**fields)
    assert "teapot" not in str(found)
    assert found["command"][2] == found["environment"]["DB_PASSWORD"]
    assert "EMPTY" not in found["environment"]

    original = replace(REQUEST, settings=Settings(secrets="original"))
    assert one(original, **fields)["environment"] == {"DB_PASSWORD": "teapot-and-tray"}


def test_no_value_is_shown_when_a_copy_is_printed() -> None:
    copy = made({"web": service(environment={"DB_PASSWORD": "teapot-and-tray"})})

    assert "teapot" not in repr(copy)
    assert str(copy.definition["services"]["web"]["environment"]["DB_PASSWORD"]) not in repr(copy)


def test_configs_and_secrets_get_files_of_the_copy() -> None:
    copy = made(
        {"web": service(secrets=[{"source": "s"}], configs=[{"source": "c"}, {"source": "i"}])},
        secrets={"s": {"file": f"{ROOT}/s.txt"}},
        configs={"c": {"file": f"{ROOT}/c.conf"}, "i": {"content": "x"}},
    )

    assert copy.definition["secrets"]["s"] == {"file": "/state/copy/secrets/s"}
    assert copy.definition["configs"] == {
        "c": {"file": "/state/copy/configs/c"},
        "i": {"content": "x"},
    }
    assert copy.files == {f"{ROOT}/s.txt": "secrets/s", f"{ROOT}/c.conf": "configs/c"}
