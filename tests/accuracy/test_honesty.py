from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tasks.domain.verification.experiments.judgement import Verdict
from tests.accuracy.honesty import BROKEN, CHECKOUT, EFFECTS, SAME, document, tally
from tests.accuracy.intervals import clopper_pearson
from tests.accuracy.worlds import MADE_UP, Trace, World, naive, plan, play, published, recorded

if TYPE_CHECKING:
    from pathlib import Path

ALPHA = 0.05
RUNS = 50


@pytest.mark.parametrize("world", MADE_UP, ids=lambda world: world.name)
def test_where_nothing_is_better_hardly_a_claim_is_believed(world: World) -> None:
    found = tally(world, SAME, RUNS, seed=3)

    assert clopper_pearson(found.believed, RUNS)[0] <= ALPHA
    assert found.accepted <= found.believed
    assert clopper_pearson(found.covered, RUNS)[1] >= 1 - ALPHA


def test_these_worlds_find_out_who_looks_too_often() -> None:
    found = tally(MADE_UP[0], SAME, RUNS, seed=3)

    assert clopper_pearson(found.naive, RUNS)[0] > ALPHA


def test_a_broken_guard_is_hardly_ever_accepted() -> None:
    assert clopper_pearson(tally(MADE_UP[0], BROKEN, RUNS, seed=4).accepted, RUNS)[0] <= ALPHA


def test_what_is_truly_better_is_seen_and_its_interval_holds_the_truth() -> None:
    found = tally(MADE_UP[0], EFFECTS[1], 40, seed=5)

    assert found.accepted == 40
    assert found.covered >= 36
    assert max(found.pairs) < 30


def test_an_experiment_ends_where_the_judgement_falls() -> None:
    made = plan(1)
    judged = play(made, np.zeros((made.most_samples, 3)), (0.5, 0.5, 0.9))

    assert judged.verdict is Verdict.SHOWN
    assert judged.pairs < made.most_pairs
    assert judged.ratios["working sooner"].value == pytest.approx(0.5)
    assert not naive(made, np.zeros((made.most_samples, 3)))


def test_neighbours_of_a_trace_stay_neighbours() -> None:
    trace = Trace("t", np.arange(30, dtype=float).reshape(10, 3))
    drawn = trace.world(block=4).starts(np.random.default_rng(1), 10)
    steps = np.diff(drawn[:, 0]) % 30

    assert drawn.shape == (10, 3)
    assert [step for n, step in enumerate(steps, 1) if n % 4] == [3.0] * 7


def test_traces_are_read_where_they_were_written(tmp_path: Path) -> None:
    start = {"green": 2.0, "healthy": 3.0, "memory": 4.0, "cpu": 1.0}
    (tmp_path / "a.json").write_text(json.dumps({"platform": "p", "starts": [start] * 5}))
    (read,) = recorded(tmp_path)
    before, after = published(CHECKOUT / "docs/startup-benchmarks.md", "shop")

    assert (read.name, read.logs.shape) == ("p, 5 starts", (5, 3))
    assert np.exp(read.logs[0]) == pytest.approx([2, 3, 4])
    assert before.logs[:, 0].mean() > after.logs[:, 0].mean()


def test_the_page_names_its_command_and_every_world() -> None:
    text = "\n".join(document(2, 7, dt.date(2026, 11, 29)))

    assert "on 2026-11-29 by `.venv/bin/python -m tests.accuracy.honesty --runs 2 --seed 7`" in text
    assert all(text.count(f"| {each.name} |") == 4 for each in MADE_UP)


def test_the_page_in_the_documents_keeps_what_it_promises() -> None:
    page = (CHECKOUT / "docs/honesty.md").read_text(encoding="utf-8")
    runs = int(re.findall(r"--runs (\d+)", page)[0])
    table = page.partition("## Nothing is better")[2].partition("##")[0]
    rows = [line.split(" | ") for line in table.splitlines() if re.match(r"\| .*\(\d", line)]

    assert runs >= 1000
    assert len(rows) > len(MADE_UP)
    assert all(float(row[2].rstrip("%")) <= 100 * ALPHA for row in rows)
    assert all(float(row[6].rstrip("%")) >= 100 * (1 - ALPHA) for row in rows)
