"""Bring the stack up, whatever state it is in: nothing there, half of it, all of it dead."""

from __future__ import annotations

import os
import secrets
import signal
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from deployments.local import database, fingerprint, ports, server, worker
from deployments.local.errors import StackError, StackStoppedError
from deployments.local.farewell import ends
from deployments.local.layout import Layout
from deployments.local.lock import held, locked
from deployments.local.speech import say as tell
from deployments.local.stack import Stack
from tasks.tools import processes
from tasks.tools.control_plane import ControlPlane
from tasks.tools.errors import PermanentToolError, TemporaryToolError

if TYPE_CHECKING:
    from collections.abc import Callable

LEDGER = "cmi_ledger"
SWEEP = "sweep/local"
# How long the server may need to notice that its database is back, before it is replaced.
_RECOVERY_SECONDS = 5.0
_PORT_TRIES = 5
_LOOK_SECONDS = 0.1
_FLOW_SECONDS = 3.0
_DYING_SECONDS = 10.0
# How long a service that was asked to end may go on before it says so: 0.03 s were seen on a
# busy machine.
_NOTICING_SECONDS = 0.6
_TAKEN = "already in use"  # Prefect's words


def ensure_stack(say: Callable[[str], None] = tell) -> Stack:
    """Return the running stack of this checkout; start or repair what is missing.

    Raises:
        StackError: something does not come up.
    """
    layout = Layout.find()
    stack = Stack.read(layout)
    if stack and not held(layout.lock) and _complete(stack, layout):
        return stack
    with locked(layout.lock):
        layout.prepare()
        return _repair(Stack.read(layout), layout, say)


def ensure_lasting_stack(say: Callable[[str], None] = tell) -> Stack:
    """Return the running stack as `ensure_stack` does, after a second look at it.

    A service that was asked to end a moment ago answers like any other until it notices.

    Raises:
        StackError: something does not come up.
    """
    ensure_stack(say)
    time.sleep(_NOTICING_SECONDS)
    return ensure_stack(say)


def repair_stack(say: Callable[[str], None] = tell) -> Stack:
    """Return the running stack as `ensure_stack` does, but leave a stopped one stopped.

    A cleanup that works at this moment is waited for: what it ends did not break.

    Raises:
        StackStoppedError: somebody stopped it.
        StackError: something does not come up.
    """
    layout = Layout.find()
    with locked(layout.lock):
        former = Stack.read(layout)
        if former is None:  # even its folder was removed, and the lock made it again
            layout.lock.unlink()
            with suppress(OSError):
                layout.state.rmdir()
        if former is None or not former.services:
            what = "Somebody stopped the stack."
            raise StackStoppedError(what, "The same command starts it again and goes on.")
        return former if _complete(former, layout) else _repair(former, layout, say)


def _complete(stack: Stack, layout: Layout) -> bool:
    return (
        stack.running
        and not any(ends(service, layout) for service in stack.services)
        and not database.closing(layout)
        and all(_lives(stack, name) for name in (server.NAME, worker.NAME))
        and stack.registered == fingerprint.of_checkout(layout.checkout)
        and stack.libraries == fingerprint.of_libraries(layout.checkout)
        and ControlPlane(stack.api_url, stack.auth_string).answers()
    )


def _repair(former: Stack | None, layout: Layout, say: Callable[[str], None]) -> Stack:
    _let_die(former, layout)
    libraries = fingerprint.of_libraries(layout.checkout)
    if former and former.libraries != libraries:
        _stop_outdated(former, layout, say)
    base, stack, renewed = _ensure_database(former, layout, say)
    if renewed or not _lives(stack, server.NAME):
        _ensure_databases(base, stack)
    stack = _ensure_ledger(stack, base)
    stack = _ensure_server(stack, layout, base, say)
    stack = _ensure_registered(stack, layout, say)
    if not _lives(stack, worker.NAME):
        say("Starting the worker.")
        stack = stack.with_service(worker.start(stack, layout))
    stack = replace(stack, libraries=libraries)
    stack.write(layout)
    if former and former.services and former.services != stack.services:
        _sweep(stack)
    return stack


def _let_die(former: Stack | None, layout: Layout) -> None:
    """Wait for services that end and are not gone yet; they would be taken for living."""
    for service in former.services if former else ():
        if ends(service, layout) and not processes.wait_gone(service.process, _DYING_SECONDS):
            processes.send(service.process, signal.SIGKILL)
            processes.wait_gone(service.process, _DYING_SECONDS)


def _stop_outdated(former: Stack, layout: Layout, say: Callable[[str], None]) -> None:
    """Stop services whose libraries were replaced below them: half of each would be in use."""
    if not former.running:
        return
    say("The libraries have changed: the services start again.")
    for name, patience in ((worker.NAME, worker.STOP_SECONDS), (server.NAME, server.STOP_SECONDS)):
        if service := former.service(name):
            processes.stop(service.process, patience)
    if former.service(database.NAME):
        database.stop(layout)


def _sweep(stack: Stack) -> None:
    """Let what the dead services left open be closed, so that nobody needs to know about it."""
    plane = ControlPlane(stack.api_url, stack.auth_string)
    with suppress(TemporaryToolError, PermanentToolError):  # the schedule does it a little later
        deployment = plane.ask(f"/deployments/name/{SWEEP}")["id"]
        scheduled = {"state": {"type": "SCHEDULED"}}
        plane.ask(f"/deployments/{deployment}/create_flow_run", scheduled)


def _lives(stack: Stack, name: str) -> bool:
    service = stack.service(name)
    return service is not None and service.process.alive


def _ensure_database(
    stack: Stack | None, layout: Layout, say: Callable[[str], None]
) -> tuple[str, Stack, bool]:
    """Return the database server's address, the stack, and whether the database is new to us."""
    base = os.environ.get("CMI_DATABASE_URL") or database.url(layout)
    stack = stack or Stack(_api_url(ports.choose(None)), _new_secret(), "")
    own = base != database.url(layout)
    if own or (_lives(stack, database.NAME) and not database.closing(layout)):
        services = tuple(s for s in stack.services if not own or s.name != database.NAME)
        return base, replace(stack, services=services), own
    say("Starting the database.")
    service = database.start(layout)
    stack = stack.with_service(service)
    stack.write(layout)
    return base, stack, True


def _ensure_databases(base: str, stack: Stack) -> None:
    """Make the two databases that we need, and bring the ledger's tables up to date."""
    from tasks.tools.postgres import ensure_database  # noqa: PLC0415  # the fast path needs no driver

    own = stack.service(database.NAME) is not None
    deadline = time.monotonic() + (_RECOVERY_SECONDS if own else 0)
    for name in (server.DATABASE, LEDGER):
        while True:
            try:
                ensure_database(base, name)
                break
            except TemporaryToolError:
                # It refuses for a moment after one of its own processes was killed.
                if time.monotonic() > deadline:
                    raise
                time.sleep(_LOOK_SECONDS)


def _ensure_ledger(stack: Stack, base: str) -> Stack:
    """Bring the ledger up to date, also below a running server: the checkout may be new."""
    from tasks.tools.ledger.migrate import migrate  # noqa: PLC0415  # the fast path needs no driver
    from tasks.tools.postgres import database_url  # noqa: PLC0415

    stack = replace(stack, ledger_url=database_url(base, LEDGER))
    migrate(stack.ledger_url)
    return stack


def _ensure_server(stack: Stack, layout: Layout, base: str, say: Callable[[str], None]) -> Stack:
    if (service := stack.service(server.NAME)) and service.process.alive:
        if _answers_soon(stack):
            return stack
        processes.stop(service.process, server.STOP_SECONDS)
    server.end_strays(layout, server.NAME)  # before its port is looked at
    for attempt in range(_PORT_TRIES):
        stack = _settle_port(stack, layout, say)
        say("Starting Prefect's server.")
        try:
            stack = stack.with_service(server.start(stack, layout, base))
            break
        except StackError as error:
            # Between our look at the port and the server's, somebody else may have taken it,
            # or only have tried it, as a server that starts does: then it is free again.
            taken = _TAKEN in error.what or not ports.is_free(stack.port)
            if not taken or attempt == _PORT_TRIES - 1:
                raise
    stack.write(layout)
    return stack


def _settle_port(stack: Stack, layout: Layout, say: Callable[[str], None]) -> Stack:
    port = ports.choose(stack.port)
    if port != ports.USUAL_PORT:
        say(f"Port {ports.USUAL_PORT} is taken: Prefect's server gets port {port}.")
    return stack if port == stack.port else _move(stack, layout, port)


def _answers_soon(stack: Stack) -> bool:
    plane = ControlPlane(stack.api_url, stack.auth_string)
    return plane.answers(_RECOVERY_SECONDS) or plane.answers(_RECOVERY_SECONDS)


def _move(stack: Stack, layout: Layout, port: int) -> Stack:
    """Give the stack another port; whoever only knows the old one is ended.

    A run's process would wait for its server for ever, and own its platform meanwhile.
    """
    if (service := stack.service(worker.NAME)) is not None:
        processes.stop(service.process, worker.STOP_SECONDS)
    for process in processes.marked(server.MARK, layout.mark):
        if process.pid == os.getpid():
            continue
        processes.stop(process, _FLOW_SECONDS, signal.SIGKILL)
    return replace(stack, api_url=_api_url(port))


def _ensure_registered(stack: Stack, layout: Layout, say: Callable[[str], None]) -> Stack:
    wanted = fingerprint.of_checkout(layout.checkout)
    if stack.registered == wanted:
        return stack
    say("Registering blocks, deployments and automations.")
    from deployments.local.register import register  # noqa: PLC0415  # the fast path does without

    register(stack, layout)
    stack = replace(stack, registered=wanted)
    stack.write(layout)
    return stack


def _api_url(port: int) -> str:
    return f"http://{ports.HOST}:{port}/api"


def _new_secret() -> str:
    return f"cmi:{secrets.token_urlsafe(32)}"
