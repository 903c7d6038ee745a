from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.tools.live import objects
from tasks.tools.live.standing import Standing, blind

if TYPE_CHECKING:
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

pytestmark = pytest.mark.engine


def test_a_copy_comes_up_answers_and_leaves_nothing(engine: Engine, ready: Ready) -> None:
    standing = Standing(engine, ready)
    assert not standing.find()

    standing.apply()
    try:
        assert standing.up is not None
        assert standing.up.failed == {}
        assert standing.find()
        assert standing.observe() == {"containers": 2, "networks": 1, "volumes": 1}
        assert [a for a in standing.answers() if not a.passed] == []
        assert {q.kind for q in standing.asked} == {"health", "tcp", "http", "edge"}
        assert standing.up.start.gap < 0.02
        assert standing.up.start.path[-1].service == "web"

        assert blind(standing) == ()
    finally:
        standing.undo()
    assert standing.observe() == {"containers": 0, "networks": 0, "volumes": 0}
    assert not Path(ready.request.folder).exists()


def test_a_probe_that_stays_green_without_its_service_is_found(
    engine: Engine, ready: Ready
) -> None:
    standing = Standing(engine, ready)
    standing.apply()
    try:
        question = next(each for each in standing.asked if each.kind == "http")
        # It asks the store, and claims to be about the gateway in front of it.
        lying = type(question)("web works", "store", "http", 8000, "/index.html", target="web")
        standing.asked = (*standing.asked, lying)

        assert blind(standing) == (lying,)
    finally:
        standing.undo()


def test_what_a_kill_left_is_no_obstacle(engine: Engine, ready: Ready) -> None:
    first = Standing(engine, ready)
    first.apply()
    killed = Standing(engine, ready)  # another process: it does not know how the first began

    assert not killed.find()
    killed.apply()
    try:
        assert killed.observe() == {"containers": 2, "networks": 1, "volumes": 1}
    finally:
        killed.undo()
    assert objects.projects(engine).get(first.key) is None
