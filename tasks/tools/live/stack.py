"""Bring a copy up with Docker Compose, watch it start, and say who is not there and why."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.doors import checked
from tasks.domain.verification.starts import HEALTHY, Start, start_of
from tasks.tools import compose
from tasks.tools.command import base_environment
from tasks.tools.errors import ProgramFailedError, ProgramTimeoutError
from tasks.tools.live.files import definition
from tasks.tools.live.watching import Watch, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tasks.domain.verification.copies import Copy
    from tasks.tools.engine import Engine

START_LIMIT = timedelta(minutes=5)
STOP_LIMIT = timedelta(minutes=5)
_LOOK_SECONDS = 0.05
_MOST_CRASHES = 5
# The API from which a health check's start_interval is heeded.
START_INTERVAL_API = "1.44"


@dataclass(frozen=True, slots=True)
class Up:
    """A copy that was brought up: how it started, and who is not there."""

    start: Start
    failed: Mapping[str, str] = field(default_factory=dict)  # by service, why
    lost: tuple[str, ...] = ()  # what could not be seen
    green: float | None = None  # seconds until every question had its answer, whatever is healthy


def bring_up(
    engine: Engine,
    copy: Copy,
    ports: Mapping[str, int],
    green: Callable[[], bool] = lambda: True,
    limit: timedelta = START_LIMIT,
) -> Up:
    """Start a copy and watch it until it is up and ``green``, or until ``limit``.

    ``green`` is asked from the moment when everything was started, because a platform may work
    long before its health checks say so.

    Raises:
        ToolError: Compose is missing.
    """
    services: Mapping[str, Any] = copy.definition.get("services", {})
    asked = [name for name, each in services.items() if checked(each)]
    with (
        definition(copy) as file,
        Watch(engine, copy.project, ports, {n: _needs(s) for n, s in services.items()}) as watch,
    ):
        began = time.monotonic()
        said = start_all(engine, str(file), copy.project, limit)
        deadline = began + limit.total_seconds()
        answered: float | None = None
        while not said and time.monotonic() < deadline and not _gone(watch, services):
            if answered is None and green():
                answered = time.monotonic() - began
            if answered is not None and not settled(watch, services, asked):
                break
            time.sleep(_LOOK_SECONDS)
        total, until = time.monotonic() - began, time.time() - watch.begun
        waiting = settled(watch, services, asked)
        start = start_of(watch.moments(), total, until)
        failed = {name: _why(watch, name, said, limit) for name in waiting}
    lost = tuple(dict.fromkeys((*watch.lost, *watch.unseen.values())))
    return Up(start, failed, lost, answered)


def start_all(engine: Engine, file: str, project: str, limit: timedelta) -> str:
    """Let Compose start everything in order; return what it complained about."""
    words = ("-p", project, "-f", file, "up", "-d", "--no-build", "--pull", "never")
    env = base_environment(DOCKER_HOST=engine.address.url)
    try:
        compose.compose(*words, "--quiet-pull", timeout=limit, env=env)
    except ProgramTimeoutError:
        return f"it did not come up within {limit.total_seconds():.0f} seconds"
    except ProgramFailedError as error:
        lines = error.stderr.strip().splitlines()
        return lines[-1] if lines else "Docker Compose gave no reason"
    return ""


def stop_all(engine: Engine, file: str, project: str, limit: timedelta) -> float:
    """Let Compose stop everything in order; return the seconds until nobody ran any more.

    What does not end within ``limit`` counts with all of it.
    """
    env = base_environment(DOCKER_HOST=engine.address.url)
    began = time.monotonic()
    try:
        compose.compose("-p", project, "-f", file, "stop", timeout=limit, env=env)
    except ProgramTimeoutError:
        return limit.total_seconds()
    return time.monotonic() - began


def _needs(service: Mapping[str, Any]) -> dict[str, str]:
    found = service.get("depends_on") or {}
    return {name: str(each.get("condition", "service_started")) for name, each in found.items()}


def _gone(watch: Watch, services: Mapping[str, Any]) -> bool:
    """Tell whether somebody ended badly for good: nothing will start it again."""
    return any(
        n > (_MOST_CRASHES if str(services[name].get("restart")).startswith("on-failure") else 0)
        for name, n in watch.crashes.items()
    )


def _why(watch: Watch, name: str, said: str, limit: timedelta) -> str:
    known = {each.service: each for each in watch.moments()}
    one = known.get(name)
    if one is None or one.started is None:
        blocked = [n for n in (one.needs if one else {}) if one and one.needs[n] == HEALTHY]
        return said or f"it was not started: it waits for {', '.join(blocked) or 'others'}"
    if code := one.exit_code or (one.ended is None and watch.codes.get(name)):
        return f"it ended with exit code {code}"  # now, or before it was started again
    return f"it was neither healthy nor ended within {limit.total_seconds():.0f} seconds"
