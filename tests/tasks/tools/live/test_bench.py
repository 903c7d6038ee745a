from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tasks.tools.live import objects
from tasks.tools.live.bench import alone, bench, limit_of

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.domain.runs import Run
    from tasks.tools.engine import Engine


@pytest.mark.parametrize(("usual", "limit"), [(2.0, 45.0), (30.0, 65.0)])
def test_a_trial_gets_more_than_usual_and_not_for_ever(usual: float, limit: float) -> None:
    assert limit_of(usual) == timedelta(seconds=limit)


@pytest.mark.engine
def test_a_bench_has_the_same_stand_ins_each_time_and_leaves_nothing(
    engine: Engine, platform: Path, run: Run
) -> None:
    definitions = []
    for _ in range(2):
        with bench(run, str(platform), "compose.yaml") as made:
            definitions.append(made.ready.copy.definition)
            if len(definitions) == 1:
                with made.brought_up(made.ready, timedelta(seconds=60)) as standing:
                    assert standing.up is not None
                    assert standing.up.failed == {}
                    assert standing.up.green is not None
                    assert objects.counts(engine, standing.key)["containers"] == 2
                assert not any(objects.counts(engine, standing.key).values())

    assert definitions[0] == definitions[1]


def test_whoever_wants_the_same_copy_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMI_STATE", str(tmp_path))
    told: list[str] = []

    def second() -> None:
        with alone("copy"):
            told.append("second")

    waiting = threading.Thread(target=second)
    with alone("copy"):
        waiting.start()
        waiting.join(0.1)
        with alone("another copy"):
            told.append("first")
    waiting.join(10)

    assert told == ["first", "second"]
