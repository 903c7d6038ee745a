"""A service of a copy reaches nothing outside; one with the permission does, so we would see it."""

from __future__ import annotations

import ipaddress
import socketserver
import threading
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tasks.domain.settings import Settings
from tasks.domain.verification.copies import copy_of
from tasks.tools.command import find_program, run
from tasks.tools.installed.engine import Installed
from tasks.tools.live import asking
from tasks.tools.live.inside import accepts, within
from tasks.tools.live.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

pytestmark = pytest.mark.engine
SECONDS = timedelta(seconds=20)
PORT = 28317  # nobody else is expected there


class Listening(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"seen")


@contextmanager
def listener() -> Iterator[int]:
    """Listen on every address of this machine, as a user's own service might."""
    with socketserver.ThreadingTCPServer(("0.0.0.0", 0), Listening) as server:  # noqa: S104  # on purpose
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def addresses() -> list[str]:
    """List the addresses of this machine that a container could try."""
    if find_program("ip") is None:
        pytest.skip("`ip` is not here to say which addresses this machine has")
    listed = run("ip", "-4", "-o", "addr", "show", "scope", "global", timeout=SECONDS)
    words = [line.split() for line in listed.stdout.decode().splitlines()]
    return [each[3].partition("/")[0] for each in words]


def reached(engine: Engine, standing: Standing, port: int) -> set[str]:
    """Tell which addresses of this machine a process of the copy's web service reaches."""
    web = asking.running(engine, standing.key)["web"]
    found = addresses()

    def try_all() -> set[str]:
        return {each for each in found if accepts(port, each, seconds=0.5)}

    return within(web.pid, web.id, try_all, seconds=30)


@contextmanager
def up(engine: Engine, ready: Ready) -> Iterator[Standing]:
    standing = Standing(engine, ready)
    standing.apply()
    try:
        yield standing
    finally:
        standing.undo()


def allowed(ready: Ready, **permissions: tuple[str, ...]) -> Ready:
    named = {name.replace("_", "-"): value for name, value in permissions.items()}
    request = replace(ready.request, settings=Settings(permissions=named))
    return replace(ready, request=request, copy=copy_of(ready.model, request))


def test_nothing_outside_is_reached_without_the_permission(engine: Engine, ready: Ready) -> None:
    with listener() as port, up(engine, ready) as standing:
        assert reached(engine, standing, port) == set()


def test_the_control_with_the_permission_reaches_it(engine: Engine, ready: Ready) -> None:
    with listener() as port, up(engine, allowed(ready, egress=("web",))) as standing:
        assert reached(engine, standing, port) != set()


def test_a_stranger_on_the_same_engine_is_not_reached(
    engine: Engine, ready: Ready, tiny: str
) -> None:
    stranger = engine.client.create_container(tiny, ["httpd", "-f", "-p", "80", "-h", "/"])["Id"]
    try:
        engine.client.start(stranger)
        about = engine.client.inspect_container(stranger)
        place = about["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
        with up(engine, ready) as standing:
            web = asking.running(engine, standing.key)["web"]
            assert not within(web.pid, web.id, lambda: accepts(80, place, 0.5))
        own = about["State"]["Pid"]
        assert within(own, stranger, lambda: accepts(80, place, 2.0))  # it does listen there
    finally:
        engine.client.remove_container(stranger, force=True, v=True)


@contextmanager
def beside_the_engine(engine: Engine, tiny: str, port: int) -> Iterator[None]:
    """Listen on every address of the engine's own network, bridges included."""
    words = ["httpd", "-f", "-p", str(port), "-h", "/"]
    config = engine.client.create_host_config(network_mode="host")
    made = engine.client.create_container(tiny, words, host_config=config)["Id"]
    try:
        engine.client.start(made)
        yield
    finally:
        engine.client.remove_container(made, force=True, v=True)


def first_addresses(engine: Engine, names: Iterable[str]) -> list[str]:
    """Give the addresses that a bridge takes in its networks: what containers would try."""
    found = []
    for name in names:
        for each in engine.client.inspect_network(name)["IPAM"]["Config"]:
            hosts = ipaddress.ip_network(each["Subnet"]).hosts()
            found.append(each.get("Gateway") or str(next(hosts)))
    return found


def test_what_listens_beside_the_engine_is_not_reached_through_the_bridge(
    engine: Engine, ready: Ready, tiny: str
) -> None:
    name = f"cmi-test-{uuid.uuid4().hex[:8]}"
    engine.client.create_network(name, internal=True)
    host = engine.client.create_host_config(network_mode=name)
    control = engine.client.create_container(tiny, ["sleep", "60"], host_config=host)["Id"]
    try:
        engine.client.start(control)
        with beside_the_engine(engine, tiny, PORT), up(engine, ready) as standing:
            web = asking.running(engine, standing.key)["web"]
            about = engine.client.inspect_container(web.id)
            ways = first_addresses(engine, about["NetworkSettings"]["Networks"])
            own = engine.client.inspect_container(control)["State"]["Pid"]
            (way,) = first_addresses(engine, [name])

            assert ways
            assert not within(web.pid, web.id, lambda: [w for w in ways if accepts(PORT, w, 0.5)])
            assert within(own, control, lambda: accepts(PORT, way, 2.0))
    finally:
        engine.client.remove_container(control, force=True, v=True)
        engine.client.remove_network(name)


def test_neither_files_of_the_host_nor_the_engines_socket_are_there(
    engine: Engine, platform: Path, ready: Ready
) -> None:
    secret = platform.parent / "outside.txt"
    secret.write_text("not for copies")
    ways = [str(secret), "/var/run/docker.sock", str(Installed().socket)]
    with up(engine, ready) as standing:
        web = asking.running(engine, standing.key)["web"].id
        found = [way for way in ways if asking.execute(engine, web, ["ls", way])[0]]

        assert found == []
        assert asking.execute(engine, web, ["ls", "/bin/busybox"])[0]  # `ls` does find files
        config = engine.client.inspect_container(web)["HostConfig"]
        assert not config["Privileged"]
        assert config["PidMode"] == ""
        assert config["Memory"] > 0
        assert config["PidsLimit"] > 0


def test_the_control_with_the_permission_sees_the_folder(
    engine: Engine, platform: Path, ready: Ready
) -> None:
    folder = platform.parent / "outside"
    folder.mkdir()
    (folder / "seen.txt").write_text("for copies with a permission")
    mount = {"type": "bind", "source": str(folder), "target": "/outside"}
    services = dict(ready.model["services"])
    services["web"] = {**services["web"], "volumes": [mount]}
    asked = replace(ready, model={**ready.model, "services": services})

    refused = allowed(asked)
    assert refused.copy.services == ("store",)
    with up(engine, allowed(asked, bind_mounts=("web",))) as standing:
        web = asking.running(engine, standing.key)["web"].id
        assert asking.execute(engine, web, ["cat", "/outside/seen.txt"])[0]
        assert not asking.execute(engine, web, ["touch", "/outside/new.txt"])[0]
    assert [each.name for each in folder.iterdir()] == ["seen.txt"]


def test_no_container_knows_a_secret_of_the_user(engine: Engine, ready: Ready) -> None:
    with up(engine, ready) as standing:
        there = asking.running(engine, standing.key)
        seen = [str(engine.client.inspect_container(each.id)) for each in there.values()]
        words = ["sh", "-c", "! cat /www/index.html | grep -q teapot"]
        page = asking.execute(engine, there["store"].id, words)

    assert "STORE_PASSWORD" in "".join(seen)
    assert "teapot-and-tray" not in "".join(seen)
    assert page[0]
