"""The closed control plane, tried from outside on this machine."""

import base64
import json
import os
import socket
import stat
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest

from deployments.local.layout import Layout
from deployments.local.stack import Stack
from tasks.tools.control_plane import ControlPlane

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def _status(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    request = Request(url, b"{}", {"Content-Type": "application/json", **headers})  # noqa: S310  # ours
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310  # ours
            return answer.status, dict(answer.headers)
    except HTTPError as error:
        return error.code, dict(error.headers)


def _basic(secret: str) -> str:
    return "Basic " + base64.b64encode(secret.encode()).decode()


def _listening(pid: int) -> set[str]:
    """List the addresses that a service's processes listen on; its children come and go."""
    found: set[str] = set()
    service = psutil.Process(pid)
    for process in [service, *service.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            sockets = process.net_connections(kind="inet")
            found |= {each.laddr.ip for each in sockets if each.status == psutil.CONN_LISTEN}
    return found


@pytest.mark.parametrize(
    "path", ["/flow_runs/filter", "/deployments/filter", "/block_types/filter"]
)
def test_without_the_secret_the_server_refuses(stack: Stack, path: str) -> None:
    assert _status(stack.api_url + path)[0] == 401
    assert _status(stack.api_url + path, Authorization=_basic("cmi:wrong"))[0] == 401
    assert _status(stack.api_url + path, Authorization=_basic(stack.auth_string))[0] == 200


def test_another_origin_is_granted_nothing_and_our_own_is(stack: Stack) -> None:
    url = stack.api_url + "/flow_runs/filter"
    secret = _basic(stack.auth_string)

    foreign = _status(url, Authorization=secret, Origin="http://evil.example")[1]
    own = _status(url, Authorization=secret, Origin=stack.ui_url)[1]

    assert "access-control-allow-origin" not in {name.lower() for name in foreign}
    assert own["access-control-allow-origin"] == stack.ui_url


def test_the_server_listens_on_the_loopback_only_and_the_database_on_no_port(stack: Stack) -> None:
    listening = {each.name: _listening(each.process.pid) for each in stack.services}

    assert listening["database"] == set()
    assert listening["server"] == {"127.0.0.1"}
    assert listening["worker"] <= {"127.0.0.1"}  # it talks to the runs that it has started


def test_secret_files_are_for_their_owner_only(stack: Stack) -> None:
    layout = Layout.find()

    assert stat.S_IMODE(layout.state.stat().st_mode) == 0o700
    assert stat.S_IMODE(layout.record.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.database.stat().st_mode) == 0o700


def test_the_secret_is_on_no_command_line_and_in_no_log(stack: Stack) -> None:
    secret = stack.auth_string.partition(":")[2]
    lines = [
        " ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])
    ]
    logs = [path.read_text(errors="replace") for path in Layout.find().logs.iterdir()]

    assert len(secret) >= 32
    assert not [text for text in [*lines, *logs] if secret in text]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as somebody else")
def test_another_user_cannot_enter_the_database(stack: Stack) -> None:
    address = next(service.address for service in stack.services if service.name == "database")
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        with socket.socket(socket.AF_UNIX) as door:
            os._exit(0 if door.connect_ex(address) == 0 else 13)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 13


def test_analytics_are_off(stack: Stack) -> None:
    settings = ControlPlane(stack.api_url, stack.auth_string).ask("/admin/settings")

    assert settings["server"]["analytics_enabled"] is False
    assert stack.auth_string not in json.dumps(settings)
