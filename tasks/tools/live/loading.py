"""Load on a copy: probes with a rate are sent at that rate, from inside their service's network."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tasks.domain.verification.load.arrivals import Load
from tasks.domain.verification.load.latencies import Borne, summarise
from tasks.tools import load
from tasks.tools.live import asking, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.verification.functional import Question
    from tasks.domain.verification.load.latencies import Shot
    from tasks.tools.live.asking import Asked
    from tasks.tools.live.standing import Standing


@contextmanager
def loaded(standing: Standing, seconds: float) -> Iterator[list[Borne]]:
    """Load the copy for so long; what each probe met is in the list afterwards.

    Whoever leaves with an error ends the load, too.
    """
    borne: list[Borne] = []
    rated = [each for each in standing.asked if each.rate]
    if not rated:
        yield borne
        return
    there = asking.running(standing.engine, standing.key)
    over = threading.Event()
    with ThreadPoolExecutor(max_workers=len(rated)) as pool:
        sent = {
            each: pool.submit(_sent, there[each.service], each, seconds, number, over)
            for number, each in enumerate(rated)
            if each.service in there
        }
        try:
            yield borne
        except BaseException:
            over.set()
            raise
        for each, shots in sent.items():
            if found := shots.result():
                borne.append(Borne(each.name, each.service, summarise(found)))


def _sent(
    asked: Asked, question: Question, seconds: float, seed: int, over: threading.Event
) -> list[Shot]:
    url = f"http://127.0.0.1:{question.port}{question.path}"
    return load.send(
        Load(question.rate, seconds, seed=seed),
        load.http(url, question.method, question.body, question.status),
        lambda: inside.enter(asked.pid, asked.id),
        over.is_set,
    )
