from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tasks.domain.canonical import digest
from tasks.domain.verification.experiments.plans import Arm
from tasks.tools.live import objects
from tasks.tools.live.sampling import Place, sample
from tasks.tools.live.standing import Standing
from tasks.tools.live.usage import busy

if TYPE_CHECKING:
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

PLACE = Place("set-1", 3, Arm.AFTER)


def test_a_copy_that_was_never_brought_up_is_no_sample(ready: Ready, engine: Engine) -> None:
    with pytest.raises(LookupError):
        sample(Standing(engine, ready), PLACE, busy(), 0.0)


@pytest.mark.engine
def test_a_start_becomes_times_memory_and_raw_material(engine: Engine, ready: Ready) -> None:
    standing = Standing(engine, ready)
    at, before = time.time(), busy()
    standing.apply()
    try:
        made = sample(standing, PLACE, before, at)
    finally:
        standing.undo()

    assert (made.position, made.arm, made.at) == (3, Arm.AFTER, at)
    assert 0 < made.measures["green"] < 60
    assert 0 < made.measures["healthy"] < 60
    assert made.measures["memory"] > 10_000
    assert "stop" not in made.measures
    assert made.evidence == (digest(made.raw),)
    assert made.raw["whole"] is True
    assert made.raw["measures"] == made.measures
    assert set(made.raw["state"]) == {"container store", "container web", "networks", "volumes"}
    host = made.raw["host"]
    assert host["busy_seconds"] > 0
    assert 0 <= host["own_seconds"] < host["busy_seconds"]
    assert host["programs_seconds"] > 0  # Docker Compose
    assert 0 < made.measures["idle"] < 2
    assert host["idle_whole"] is True


@pytest.mark.engine
@pytest.mark.parametrize("trap", ["", "trap 'exit 0' TERM; "], ids=["deaf", "heeding"])
def test_where_it_is_asked_for_the_time_to_stop_is_measured(
    engine: Engine, ready: Ready, trap: str
) -> None:
    """A program that does not hear the signal is killed after its ten seconds."""
    serving = ["sh", "-c", f"{trap}httpd -f -p 80 -h / & while :; do sleep 0.2; done"]
    services = {**ready.model["services"]}
    services["web"] = {**services["web"], "command": serving, "stop_grace_period": "6s"}
    services["store"] = {**services["store"], "init": True}
    standing = Standing(
        engine, replace(ready, model={**ready.model, "services": services}).without({})
    )
    standing.apply()
    try:
        made = sample(standing, replace(PLACE, stopped=True), busy(), time.time())
        # Each is asked itself: the engine's list still calls running what has just ended.
        states = [
            engine.client.inspect_container(each["Id"])["State"]
            for each in objects.containers(engine, standing.key)
        ]
    finally:
        standing.undo()

    assert states
    assert not any(each["Running"] for each in states)
    assert (made.measures["stop"] > 5) is (not trap)
    assert made.evidence == (digest(made.raw),)
    assert made.raw["measures"] == made.measures


@pytest.mark.engine
def test_a_start_that_never_gets_green_counts_with_all_its_time(
    engine: Engine, ready: Ready
) -> None:
    services = {**ready.model["services"]}
    services["web"] = {**services["web"], "command": ["sleep", "600"]}
    broken = replace(ready, model={**ready.model, "services": services}).without({})
    standing = Standing(engine, broken, limit=timedelta(seconds=6))
    standing.apply()
    try:
        made = sample(standing, PLACE, busy(), time.time())
    finally:
        standing.undo()

    assert made.measures["green"] == made.measures["healthy"] == 6.0
    assert made.raw["whole"] is False
    assert "web: port 80" in made.raw["red"]
