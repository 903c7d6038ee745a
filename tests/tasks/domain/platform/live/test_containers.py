from __future__ import annotations

from typing import Any

import pytest

from tasks.domain.platform.live.containers import LABEL, Described, Engine, label, name_of

IMAGE = {
    "Config": {
        "Env": ["PATH=/bin"],
        "Cmd": ["serve"],
        "Labels": {"maker": "us"},
        "ExposedPorts": {"80/tcp": {}},
        "StopSignal": "SIGQUIT",
    }
}


def described(config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    container = {
        "Id": "a",
        "Name": "/shop-web-1",
        "Image": "sha256:1",
        "Config": {"Image": "img:1", **(config or {})},
        "HostConfig": more.pop("host", {}),
        "NetworkSettings": {"Networks": more.pop("networks", {})},
        **more,
    }
    known: dict[str, Any] = {
        "shop_default": {"Labels": {f"{LABEL}project": "shop", f"{LABEL}network": "default"}},
        "shop_back": {
            "Internal": True,
            "Labels": {f"{LABEL}project": "shop", f"{LABEL}network": "back"},
        },
    }
    volumes = {"shop_data": {"Labels": {f"{LABEL}project": "shop", f"{LABEL}volume": "data"}}}
    engine = Engine((container,), {"sha256:1": IMAGE}, known, volumes)
    found = Described("shop", container, engine, {"b" * 64: "db"})
    return found.write(1) | {"shared": found.shared()}


def test_what_the_image_brings_was_not_decided_here() -> None:
    config = {
        "Env": ["PATH=/bin", "MODE=debug"],
        "Cmd": ["serve"],
        "Labels": {"maker": "us", "team": "a"},
        "ExposedPorts": {"80/tcp": {}, "81/tcp": {}},
        "StopSignal": "SIGQUIT",
    }
    found = described(config)

    assert found["environment"] == ["MODE=debug"]
    assert found["labels"] == {"team": "a"}
    assert found["expose"] == ["81/tcp"]
    assert not {"command", "stop_signal"} & set(found)


@pytest.mark.parametrize(
    ("host", "key", "value"),
    [
        ({"Privileged": True}, "privileged", True),
        ({"ReadonlyRootfs": True}, "read_only", True),
        ({"PidMode": "host"}, "pid", "host"),
        ({"PidMode": f"container:{'b' * 64}"}, "pid", "service:db"),
        ({"NetworkMode": "host"}, "network_mode", "host"),
        ({"NanoCpus": 500_000_000}, "cpus", 0.5),
        ({"CpuQuota": 50_000, "CpuPeriod": 100_000}, "cpus", 0.5),
        ({"Memory": 1024}, "mem_limit", 1024),
        ({"PidsLimit": 50}, "pids_limit", 50),
        ({"SecurityOpt": ['seccomp={"x": 1}']}, "security_opt", ["seccomp=profile.json"]),
        ({"MaskedPaths": []}, "security_opt", ["systempaths=unconfined"]),
        ({"RestartPolicy": {"Name": "always"}}, "restart", "always"),
        ({"Tmpfs": {"/tmp": "size=1m"}}, "tmpfs", ["/tmp:size=1m"]),  # noqa: S108  # in a container
    ],
)  # fmt: skip
def test_what_was_decided_is_written_as_in_a_file(
    host: dict[str, Any], key: str, value: object
) -> None:
    assert described(host=host)[key] == value


@pytest.mark.parametrize(
    "host",
    [
        {"IpcMode": "private"},
        {"NetworkMode": "shop_default"},
        {"RestartPolicy": {"Name": "no"}},
        {"LogConfig": {"Type": "json-file", "Config": {}}},
        {"PidMode": "", "CapAdd": None, "Devices": []},
    ],
)
def test_what_the_engine_chose_is_not_written(host: dict[str, Any]) -> None:
    assert set(described(host=host)) == {"image", "shared"}


def test_the_confinement_that_the_engine_drops_for_a_shared_namespace_is_no_decision() -> None:
    found = described(host={"PidMode": "host", "SecurityOpt": ["label=disable"]})

    assert "security_opt" not in found


def test_mounts_keep_the_names_of_the_project_and_secrets_their_kind() -> None:
    mounts = [
        {"Type": "volume", "Name": "shop_data", "Destination": "/data", "RW": True},
        {"Type": "volume", "Name": "f" * 64, "Destination": "/scratch", "RW": True},
        {"Type": "bind", "Source": "/srv/shop/conf", "Destination": "/conf", "RW": False},
        {"Type": "bind", "Source": "/srv/shop/key", "Destination": "/run/secrets/key"},
    ]
    labels = {f"{LABEL}project.working_dir": "/srv/shop"}
    found = described({"Labels": labels}, Mounts=mounts)

    assert found["volumes"] == [
        {"type": "bind", "source": "./conf", "target": "/conf", "read_only": True},
        {"type": "volume", "source": "data", "target": "/data"},
    ]
    assert found["secrets"] == [{"source": "key", "target": "key"}]
    assert found["shared"] == {"volumes": {"data": {}}, "secrets": {"key": {"external": True}}}


def test_networks_keep_the_names_of_the_project() -> None:
    found = described(networks={"shop_default": {}, "shop_back": {}, "proxy": {}})

    assert found["networks"] == ["proxy", "back", "default"]
    assert found["shared"]["networks"] == {"back": {"internal": True}, "proxy": {"external": True}}


def test_ports_and_names_are_read() -> None:
    bindings = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "53/udp": [{}]}
    found = described(host={"PortBindings": bindings})

    assert found["ports"] == [
        {"target": 53, "protocol": "udp"},
        {"target": 80, "published": "8080", "host_ip": "127.0.0.1", "protocol": "tcp"},
    ]
    facts = {"Name": "/a", "Config": {"Labels": {f"{LABEL}service": "s"}}}
    assert (name_of(facts), label(facts, "service"), label(facts, "gone")) == ("a", "s", "")
