from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.tools.live.loading import loaded
from tasks.tools.live.standing import Standing

if TYPE_CHECKING:
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

RATE, SECONDS = 40.0, 3.0


@pytest.mark.engine
def test_probes_with_a_rate_are_sent_from_inside_and_faults_are_counted(
    engine: Engine, ready: Ready
) -> None:
    standing = Standing(engine, ready)
    standing.apply()
    try:
        front = next(each for each in standing.asked if each.kind == "http")
        standing.asked = (
            replace(front, name="good", rate=RATE),
            replace(front, name="refused", rate=RATE, status=599),
            replace(front, name="silent"),
        )
        with loaded(standing, SECONDS) as borne:
            assert borne == []
    finally:
        standing.undo()

    good, refused = borne
    assert (good.probe, refused.probe) == ("good", "refused")
    assert 0.5 < good.found.requests / (RATE * SECONDS) < 1.6
    assert good.found.errors == 0
    assert refused.found.errors == refused.found.requests > 0
