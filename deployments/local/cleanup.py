"""Stop the stack, and on request remove its state."""

from __future__ import annotations

import shutil
from dataclasses import replace

from deployments.local import database, dotenv, server, worker
from deployments.local.errors import NewerStateError, StackError
from deployments.local.layout import Layout
from deployments.local.lock import locked
from deployments.local.speech import say
from deployments.local.stack import Stack
from tasks.tools import processes


def clean_up(*, everything: bool = False) -> None:
    """End every process of this stack; with ``everything`` also remove what it kept.

    Order matters: the worker first, so that nothing new starts; then what it started;
    then the server, and the database when nobody writes any more.

    Raises:
        NewerStateError: the state belongs to a newer version of this project.
    """
    layout = Layout.find()
    if not layout.state.exists() and not layout.database_home.exists():
        return
    with locked(layout.lock):
        stack = _read(layout)
        for name, patience in (
            (worker.NAME, worker.STOP_SECONDS),
            (server.NAME, server.STOP_SECONDS),
        ):
            if name == server.NAME:
                _stop_marked(layout, spare=stack)
            if stack and (service := stack.service(name)):
                processes.stop(service.process, patience)
        _stop_marked(layout)
        database.stop(layout)
        shutil.rmtree(layout.temporary, ignore_errors=True)
        if stack and stack.services:
            replace(stack, services=()).write(layout)
        if everything:
            _remove(layout)


def _read(layout: Layout) -> Stack | None:
    """A damaged record is no obstacle: processes also carry our mark."""
    try:
        return Stack.read(layout)
    except NewerStateError:
        raise
    except StackError:
        layout.record.unlink()
        return None


def _stop_marked(layout: Layout, spare: Stack | None = None) -> None:
    """End whatever carries our mark: flow processes, also those that lost their worker."""
    server_process = spare.service(server.NAME) if spare else None
    for process in processes.marked(server.MARK, layout.mark):
        if not server_process or process != server_process.process:
            processes.stop(process, 3)


def _remove(layout: Layout) -> None:
    database.remove(layout)
    shutil.rmtree(layout.state)
    if layout.state.parent == layout.checkout and not dotenv.remove(layout.checkout):
        say("Kept .env, because you changed it; delete it yourself if it is not needed.")
