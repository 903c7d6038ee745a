from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tasks.tools.live import asking
from tasks.tools.live.standing import Standing
from tasks.tools.live.turning import state, stopping, turn

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


def test_who_does_not_hear_the_signal_to_stop_takes_none_of_the_time_to_start(
    engine: Engine, ready: Ready
) -> None:
    """They are killed after ten and nine seconds; the start that follows has eight."""
    deaf = ["sh", "-c", "httpd -f -p 80 -h / & while :; do sleep 1; done"]
    services = {**ready.model["services"]}
    services["web"] = {**services["web"], "command": deaf, "stop_grace_period": "9s"}
    beside = replace(ready.request, folder=f"{ready.request.folder}-changed")
    model = {**ready.model, "services": services}
    other = replace(ready, model=model, request=beside).without({})
    standing = Standing(engine, other)
    standing.apply()
    try:
        assert stopping(engine, standing.key) == timedelta(seconds=10 + 9)
        back = turn(engine, ready, timedelta(seconds=8))
    finally:
        standing.undo()

    assert [(each.question.name, each.detail) for each in back if not each.passed] == []
