"""Watch what each service of a copy uses, while its probes are asked over and over.

Probes with a rate are sent at that rate besides.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tasks.domain.verification import soaks
from tasks.domain.verification.sizings import Use
from tasks.tools.live.loading import loaded
from tasks.tools.live.usage import by_service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasks.domain.verification.load.latencies import Borne
    from tasks.tools.live.standing import Standing

# Long enough to size by one half and to try it on the other.
USE_SECONDS = soaks.SECONDS
_EVERY_SECONDS = 1.0
_ASKERS = 2
_PAUSE_SECONDS = 0.05


def observe(
    standing: Standing,
    seconds: float = USE_SECONDS,
    every: float = _EVERY_SECONDS,
    between: Callable[[], None] = lambda: None,
) -> tuple[tuple[Use, ...], tuple[Borne, ...]]:
    """Sample memory and cores of each service evenly; a service that went away is left out.

    What became of the load, probe by probe, comes with it. ``between`` samples somebody may
    raise an error to end it.
    """
    memory: dict[str, list[int]] = defaultdict(list)
    cores: dict[str, list[float]] = defaultdict(list)
    replicas: dict[str, int] = {}
    with loaded(standing, seconds) as borne, _asked(standing):
        at = time.monotonic()
        before = by_service(standing.engine, standing.key)
        for _ in range(round(seconds / every)):
            between()
            time.sleep(max(0.0, at + every - time.monotonic()))
            now, moment = by_service(standing.engine, standing.key), time.monotonic()
            for name, found in now.items():
                if name in before:
                    memory[name].append(int(found.memory))
                    spent = max(0.0, found.cpu - before[name].cpu)  # of a new container, nothing
                    cores[name].append(spent / (moment - at) / found.replicas)
                    replicas[name] = found.replicas
            before, at = now, moment
    uses = tuple(
        Use(name, tuple(memory[name]), tuple(cores[name]), replicas[name])
        for name in sorted(memory)
    )
    return uses, tuple(borne)


@contextmanager
def _asked(standing: Standing) -> Iterator[None]:
    """Let several askers put every probe to the copy meanwhile."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(_PAUSE_SECONDS):
            standing.answers()

    askers = [threading.Thread(target=ask, daemon=True) for _ in range(_ASKERS)]
    for each in askers:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in askers:
            each.join()
