from __future__ import annotations

import datetime as dt
import re
from functools import partial

import pytest

from tests.accuracy.honesty import CHECKOUT
from tests.accuracy.regressions import SAME, SLOWER, WORLDS, WORST, YEAR, document, moving, tally
from tests.accuracy.worlds import MADE_UP, World

PROGRAMMES = 1200
QUIET = World("normal, 2 %", partial(moving, 0.02, 0.0))
NORMAL, LOUD, HEAVY, DRIFTING, _ = MADE_UP


@pytest.mark.parametrize("world", [NORMAL, HEAVY, DRIFTING], ids=lambda world: world.name)
def test_where_nothing_is_worse_a_year_has_no_more_false_alarms_than_its_budget(
    world: World,
) -> None:
    found = tally(world, SAME, PROGRAMMES, seed=3)

    assert found.alarmed <= PROGRAMMES / YEAR
    assert found.upper() < 2.5


@pytest.mark.parametrize("world", [NORMAL, LOUD, HEAVY], ids=lambda world: world.name)
def test_the_budget_holds_even_where_all_that_is_allowed_has_happened(world: World) -> None:
    found = tally(world, WORST, PROGRAMMES, seed=4)

    assert found.lower() <= 1


def test_these_worlds_find_out_who_looks_once_and_allows_nothing() -> None:
    assert tally(NORMAL, SAME, 300, seed=3).naive > 5


def test_a_machine_that_is_another_from_day_to_day_raises_no_more() -> None:
    assert tally(WORLDS[-1], SAME, PROGRAMMES, seed=5).lower() <= 1


@pytest.mark.parametrize(
    ("world", "missed"),
    [(QUIET, 0), (NORMAL, 16), (DRIFTING, 8), (HEAVY, 28)],
    ids=["normal, 2 %", "normal, 5 %", "drifting", "one in ten slow"],
)
def test_a_planted_slowdown_of_thirty_percent_is_found(world: World, missed: int) -> None:
    assert tally(world, SLOWER, 40, seed=6).missed <= missed


def test_the_page_names_its_command_and_every_world() -> None:
    text = "\n".join(document(2, 7, dt.date(2026, 11, 30)))

    assert "on 2026-11-30 by `.venv/bin/python -m tests.accuracy.regressions" in text
    assert all(text.count(f"| {each.name} |") == 3 for each in WORLDS)


def test_the_page_in_the_documents_keeps_what_it_promises() -> None:
    page = (CHECKOUT / "docs/regressions.md").read_text(encoding="utf-8")
    table = page.partition("## Nothing is worse")[2].partition("##")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if ". |" not in line]
    rows = [row for row in rows if re.fullmatch(r"[\d.]+", row[-1])]

    assert int(re.findall(r"--programmes (\d+)", page)[0]) >= 5000
    assert len(rows) >= len(WORLDS)
    assert all(float(row[2]) <= 1 for row in rows)
