"""Whoever brings a copy up may be killed at any moment: nothing of it stays on the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.tools.ledger.database import URL_VARIABLE
from tests.kills.copies import Copies, points
from tests.kills.seeds import seed
from tests.tasks.tools.live.conftest import PLATFORM

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.tools.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
POINTS = 4


def test_a_copy_whose_owner_is_killed_leaves_nothing_after_ordinary_means(
    engine: Engine, platform: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    copies = Copies(engine, platform, PLATFORM)
    events = copies.whole()
    assert {str(each) for each in events} >= {
        "container create",
        "container destroy",
        "network create",
        "network destroy",
        "volume create",
        "volume destroy",
    }
    for nth, way in points(len(events), POINTS, seed()):
        outcome = copies.struck(nth, way)
        assert outcome.faults == [], outcome
        assert copies.folders() == [], outcome
