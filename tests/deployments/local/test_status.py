import datetime as dt
import uuid
from typing import Any

import httpx
import pytest

from deployments.cli.stack import GROUPS
from deployments.local.layout import Layout
from deployments.local.stack import Service, Stack
from deployments.local.status import look
from tasks.tools import host
from tasks.tools.control_plane import ControlPlane
from tasks.tools.processes import Process

pytestmark = pytest.mark.timeout(300)
DEAD = Stack(
    "http://127.0.0.1:4999/api",
    "cmi:hush",
    "",
    (Service("server", Process(2**22 + 1, "never"), "http://127.0.0.1:4999/api", "3.8.8"),),
)


def _run(plane: ControlPlane, flow: str, state: str, **more: Any) -> str:
    details = {"scheduled_time": more.pop("at")} if "at" in more else {}
    body = {"flow_id": flow, "state": {"type": state, "state_details": details}} | more
    return str(plane.ask("/flow_runs/", body)["id"])


@pytest.mark.stack
def test_runs_that_were_begun_or_are_due_are_shown_and_plans_are_not(stack: Stack) -> None:
    plane = ControlPlane(stack.api_url, stack.auth_string)
    flow = plane.ask("/flows/", {"name": f"test-{uuid.uuid4().hex}"})["id"]
    now = dt.datetime.now(tz=dt.UTC)
    running = _run(plane, flow, "RUNNING", parameters={"platform": "x"})
    user, _, secret = stack.auth_string.partition(":")
    httpx.patch(  # as the worker does when it has started the process
        f"{stack.api_url}/flow_runs/{running}",
        json={"infrastructure_pid": "host:4711"},
        auth=(user, secret),
    ).raise_for_status()
    due = _run(plane, flow, "SCHEDULED", at=(now - dt.timedelta(minutes=1)).isoformat())
    planned = [
        _run(plane, flow, "SCHEDULED", at=(now + dt.timedelta(days=day)).isoformat())
        for day in range(1, 4)
    ]
    bare = _run(plane, flow, "RUNNING")

    found = {run.id: run for run in look().runs}

    assert {running, due, bare} <= set(found), (running, due, bare, found)
    assert found[running].state == "Running"
    assert (found[running].pid, found[running].platform) == (4711, "x")
    # The server itself renames a due run to "Late" after a while; either word means that it waits.
    assert found[due].state in GROUPS["waiting"]
    assert found[bare].platform is None
    assert not set(planned) & set(found)


def test_a_dead_server_is_named_with_the_end_of_its_log(own_layout: Layout) -> None:
    DEAD.write(own_layout)
    (own_layout.logs / "server.log").write_text("first\n\nno space left\n")

    found = look()

    assert [healthy for _, healthy, _ in found.services] == [False]
    assert any("is not running" in text and "no space left" in text for text in found.troubles)


def test_a_stolen_port_and_lack_of_resources_are_named(
    own_layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    DEAD.write(own_layout)
    monkeypatch.setattr(host, "port_holder", lambda port: "nginx (process 7)")
    monkeypatch.setattr(host, "memory", lambda: host.Amount(1 << 31, 1 << 20))
    monkeypatch.setattr(host, "disk", lambda path: host.Amount(1 << 31, 1 << 20))
    monkeypatch.setattr(host, "resolves", lambda name: False)

    troubles = "\n".join(look().troubles)

    assert "Port 4999 is held by nginx (process 7)" in troubles
    assert "1 MiB of memory" in troubles
    assert "1 MiB of disk" in troubles
    assert "/etc/hosts" in troubles
