"""Starts that are not the first: of a stopped copy, and of one service alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tasks.domain.canonical import digest
from tasks.domain.verification.experiments.plans import Arm
from tasks.tools.live import objects
from tasks.tools.live.again import restart
from tasks.tools.live.sampling import Place, sample
from tasks.tools.live.standing import Standing
from tasks.tools.live.usage import busy

if TYPE_CHECKING:
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready


@pytest.mark.engine
def test_a_stopped_copy_is_started_again_with_its_data_and_each_service_alone_in_turn(
    engine: Engine, ready: Ready
) -> None:
    standing = Standing(engine, ready)
    standing.apply()
    try:
        first = {each["Id"] for each in objects.containers(engine, standing.key)}
        place = Place("set-1", 1, Arm.AFTER, stopped=True, full=True)
        made = sample(standing, place, busy(), time.time())
        other = restart(standing, 1)
        now = {each["Id"] for each in objects.containers(engine, standing.key)}
        answers = standing.answers()
    finally:
        standing.undo()

    assert now == first  # nothing was made anew
    assert all(each.passed for each in answers)
    assert made.raw["warm_failed"] == {}
    assert 0 < made.measures["warm"] < standing.limit.total_seconds()
    assert made.raw["restart"]["service"] == "store"
    assert other is not None
    assert (other.service, other.seconds > 0) == ("web", True)
    assert made.evidence == (digest(made.raw),)
