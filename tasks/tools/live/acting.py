"""Do one step of a scenario to a copy, and say what came of it.

Every step has a limit of time and of bytes: what a service answers is looked at, never trusted.
"""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.verification.acceptance.judging import MOST_BYTES, Seen, seen
from tasks.domain.verification.acceptance.scenarios import Kind
from tasks.tools.errors import ToolError
from tasks.tools.live import asking, objects
from tasks.tools.live.inside import within
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tasks.domain.verification.acceptance.scenarios import Scenario, Step
    from tasks.tools.engine import Engine
    from tasks.tools.live.asking import Asked
    from tasks.tools.live.standing import Standing

_LOOK_SECONDS = 0.2
_SLACK_SECONDS = 1.0  # for entering a network, beside the time that the answer may take
_WEB = 80
_NOT_RUNNING = "it does not run"


def act(standing: Standing, step: Step, scenario: Scenario) -> Seen:
    """Do one step; whatever goes wrong is what was seen."""
    begun = time.monotonic()
    try:
        return _KINDS[step.kind](standing, step, scenario)
    except (ToolError, OSError, http.client.HTTPException, ValueError) as error:
        reason = str(error) or type(error).__name__
    except Exception as error:  # noqa: BLE001  # the client's library lets many kinds out
        reason = type(error).__name__
    return Seen(done=False, seconds=time.monotonic() - begun, reason=reason)


def _container(standing: Standing, service: str) -> Asked:
    found = asking.running(standing.engine, standing.key).get(service)
    if not found:
        raise ToolError(_NOT_RUNNING)
    return found


def _request(standing: Standing, step: Step, scenario: Scenario) -> Seen:
    container = _container(standing, step.service)
    port = step.port or standing.ports.get(step.service, _WEB)
    begun = time.monotonic()

    def work() -> tuple[int, bytes, float]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=step.seconds)
        headers = {"Content-Type": "application/json"} if step.body else {}
        try:
            connection.request(step.method, step.path, step.body.encode() or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(MOST_BYTES + 1), time.monotonic() - begun
        finally:
            connection.close()

    code, data, seconds = within(container.pid, container.id, work, step.seconds + _SLACK_SECONDS)
    return seen(code, data, seconds, scenario, shown=_harmless(standing))


def _run(standing: Standing, step: Step, scenario: Scenario) -> Seen:
    container = _container(standing, step.service)
    begun = time.monotonic()
    code, data = execute(standing.engine, container.id, list(step.command), step.seconds)
    seconds = time.monotonic() - begun
    if code is None:
        reason = f"the command did not end within {step.seconds:g} seconds"
        return Seen(done=False, seconds=seconds, reason=reason)
    return seen(code, data, seconds, scenario, shown=_harmless(standing))


def execute(
    engine: Engine, container: str, words: list[str], seconds: float
) -> tuple[int | None, bytes]:
    """Run a command in a container; without an exit code it was ended when its time was up."""
    made = engine.client.exec_create(container, words)["Id"]
    found = bytearray()

    def read() -> None:
        for chunk in engine.client.exec_start(made, stream=True):
            # What is beyond the limit is read and dropped: a full pipe would hold the command.
            found.extend(chunk[: max(0, MOST_BYTES + 1 - len(found))])

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(seconds)
    about = engine.client.exec_inspect(made)
    if thread.is_alive() or about.get("Running"):
        _end(about.get("Pid") or 0, container)
        return None, bytes(found)
    return int(about["ExitCode"]), bytes(found)


def _end(pid: int, container: str) -> None:
    """End a command that takes too long, if it is a process of that container on this machine."""
    with suppress(OSError):
        if pid > 0 and container in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8"):
            os.kill(pid, signal.SIGKILL)


def _change(standing: Standing, step: Step, scenario: Scenario) -> Seen:
    own = [
        each["Id"]
        for each in objects.containers(standing.engine, standing.key)
        if each["Labels"].get(SERVICE_LABEL) == step.service
    ]
    begun = time.monotonic()
    for each in own:
        getattr(standing.engine.client, step.kind.value)(each)  # named as the engine names them
    reason = "" if own else _NOT_RUNNING
    return Seen(done=bool(own), seconds=time.monotonic() - begun, reason=reason)


def _wait(standing: Standing, step: Step, scenario: Scenario) -> Seen:
    time.sleep(step.seconds)
    return Seen(done=True, seconds=step.seconds)


def _stands(standing: Standing, step: Step, scenario: Scenario) -> Seen:
    """Ask the service's own probes, and those of who reaches it, until all pass."""
    begun = time.monotonic()
    while True:
        reason = _missing(standing, step.service)
        seconds = time.monotonic() - begun
        if not reason or seconds >= step.seconds:
            return Seen(done=not reason, seconds=seconds, reason=reason)
        time.sleep(_LOOK_SECONDS)


def _missing(standing: Standing, service: str) -> str:
    there = asking.running(standing.engine, standing.key)
    if service not in there:
        return _NOT_RUNNING
    own = [each for each in standing.asked if service in {each.of, each.service}]
    failed = (e.name for e in own if not asking.ask(standing.engine, there, e).passed)
    first = next(failed, "")
    return f"{first} failed" if first else ""


def _harmless(standing: Standing) -> bool:
    """With the user's own secrets in the copy, no answer is shown to anybody."""
    return standing.ready.request.settings.secrets != "original"


_KINDS: Mapping[Kind, Callable[[Standing, Step, Scenario], Seen]] = {
    Kind.REQUEST: _request,
    Kind.RUN: _run,
    Kind.STOP: _change,
    Kind.START: _change,
    Kind.RESTART: _change,
    Kind.WAIT: _wait,
    Kind.STANDS: _stands,
}
