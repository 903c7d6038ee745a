from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tasks.tools.live.observing import observe
from tasks.tools.live.standing import Standing

if TYPE_CHECKING:
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

SERVICE = "com.docker.compose.service"


class Client:
    """An engine's client: one container works half of the time, of another there are two."""

    def __init__(self) -> None:
        self.looks = count()

    def containers(self, **_: Any) -> list[dict[str, Any]]:
        self.look = next(self.looks)
        return [
            {"Id": name, "State": "running", "Labels": {SERVICE: name[:3]}}
            for name in ("web", "job1", "job2")
        ]

    def stats(self, key: str, **_: Any) -> dict[str, Any]:
        size = {"web": 100, "job1": 10, "job2": 30}[key] + self.look
        return {
            "memory_stats": {"usage": size},
            "cpu_stats": {"cpu_usage": {"total_usage": self.look * 10_000_000}},
        }


def test_each_service_is_sampled_evenly_and_replicas_count_as_one() -> None:
    asked: list[int] = []
    standing: Any = type(
        "S",
        (),
        {
            "engine": type("E", (), {"client": Client()})(),
            "key": "copy",
            "asked": (),
            "answers": lambda self: asked.append(1),
        },
    )()

    (job, web), borne = observe(standing, seconds=0.2, every=0.02)

    assert (web.service, web.replicas, job.service, job.replicas) == ("web", 1, "job", 2)
    assert web.memory == tuple(range(101, 111))
    assert job.memory == tuple(range(31, 41))
    assert len(web.cores) == 10
    # A hundredth of a second in each fiftieth, or in what the machine made of it.
    assert all(0 < each < 0.6 for each in web.cores)
    assert job.cores == pytest.approx(web.cores)
    assert asked
    assert borne == ()


@pytest.mark.engine
def test_a_real_copy_is_watched_while_it_is_asked(engine: Engine, ready: Ready) -> None:
    standing = Standing(engine, ready)
    standing.apply()
    try:
        # A request each tenth of a second, beside the askers.
        (page,) = (each for each in standing.asked if each.kind == "http")
        standing.asked += (replace(page, name="front page", rate=10.0),)
        uses, borne = observe(standing, seconds=2.1, every=0.7)
    finally:
        standing.undo()

    assert [each.service for each in uses] == ["store", "web"]
    assert all(len(each.memory) == len(each.cores) == 3 for each in uses)
    assert all(each.memory[-1] > 10_000 for each in uses)
    assert sum(sum(each.cores) for each in uses) > 0
    (front,) = borne
    assert (front.probe, front.service, front.found.errors) == (
        "front page",
        page.service,
        0,
    )
    assert 5 <= front.found.requests <= 45
    assert (front.found.quantiles[0.5] or 0) > 0
