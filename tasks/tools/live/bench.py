"""A bench: one platform's copy on an engine, brought up and taken away as often as wanted."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tasks.tools.engine import connected
from tasks.tools.ledger import effects
from tasks.tools.ledger.database import Ledger
from tasks.tools.live.copying import prepare, project_of
from tasks.tools.live.images import provide
from tasks.tools.live.standing import Standing
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.runs import Run
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

# Trials are given more than the platform as it is needs, and not for ever.
_LEAST_SECONDS, _MORE, _BESIDE = 45.0, 1.5, 20.0


@dataclass(frozen=True, slots=True)
class Bench:
    """The engine, and the copy of the platform as it is."""

    run: Run
    engine: Engine
    ready: Ready

    @contextmanager
    def brought_up(self, ready: Ready, limit: timedelta) -> Iterator[Standing]:
        """Bring a copy up from nothing, and take it away afterwards, whatever happens.

        Raises:
            ToolError: Compose is missing, or the engine is gone.
        """
        standing = Standing(self.engine, ready, limit=limit)
        ledger = Ledger.here()
        try:
            effects.ensure(ledger, self.run, standing)
            yield standing
        finally:
            effects.undo(ledger, self.run, standing)


@contextmanager
def bench(run: Run, place: str, entry: str, unheard: tuple[str, ...] = ()) -> Iterator[Bench]:
    """Prepare the copy of a platform; its stand-ins are the same each time in one run.

    Questions that the platform as it is left ``unheard`` are not asked.
    A platform has one copy at a time: another cell that has it is waited for.

    Raises:
        ToolError: no engine, no Compose project, or Docker Compose refuses it.
    """
    with alone(project_of(run.platform)), connected() as engine:
        ready = prepare(engine, place, entry, run.id, run.platform)
        seed = hashlib.sha256(f"stand-ins {run.id}".encode()).digest()
        request = replace(ready.request, seed=seed)
        ready = replace(ready, request=request, unheard=frozenset(unheard))
        yield Bench(
            run,
            engine,
            ready.without(provide(engine, ready.wanted_images(), ready.source, run.platform)),
        )


@contextmanager
def alone(project: str) -> Iterator[None]:
    """Wait until nobody else has this copy; the kernel lets go for whoever is killed."""
    folder = state_folder() / "benches"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / project, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def limit_of(usual: float) -> timedelta:
    """Say how long a start may take where the platform as it is needs ``usual`` seconds."""
    return timedelta(seconds=max(_LEAST_SECONDS, _MORE * usual + _BESIDE))
