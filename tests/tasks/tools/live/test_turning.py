from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tasks.tools.live import asking
from tasks.tools.live.standing import Standing
from tasks.tools.live.turning import state, turn

if TYPE_CHECKING:
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

pytestmark = pytest.mark.engine
LIMIT = timedelta(seconds=40)


def test_there_and_back_again_with_the_data(engine: Engine, ready: Ready) -> None:
    model = {**ready.model["services"]}
    model["store"] = {**model["store"], "read_only": True, "pids_limit": 64}
    other = replace(ready, model={**ready.model, "services": model}).without({})
    standing = Standing(engine, ready)
    standing.apply()
    try:
        at_first = state(engine, standing.key)
        store = asking.running(engine, standing.key)["store"]
        assert asking.execute(engine, store.id, ["touch", "/data/kept"])[0]

        there = turn(engine, other, LIMIT)
        changed = state(engine, standing.key)
        back = turn(engine, ready, LIMIT)

        assert [each for each in (*there, *back) if not each.passed] == []
        assert changed != at_first
        assert {n for n in at_first if at_first[n] != changed[n]} == {"container store"}
        assert state(engine, standing.key) == at_first
        store = asking.running(engine, standing.key)["store"]
        assert asking.execute(engine, store.id, ["ls", "/data/kept"])[0]
    finally:
        standing.undo()
