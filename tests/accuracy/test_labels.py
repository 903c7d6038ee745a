"""What was judged by hand stays as it was judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.accuracy.intervals import clopper_pearson
from tests.accuracy.labels import AFTER, Label, Reading, compare, labels

if TYPE_CHECKING:
    from pathlib import Path

LEAST = 200
GOAL = 0.95


def test_enough_findings_are_judged_each_once_and_with_a_reason() -> None:
    every = labels()

    assert len(every) >= LEAST
    assert len({(each.target, each.entry, each.check, each.at) for each in every}) == len(every)
    assert not [each for each in every if not each.first.why or not each.second.why]


def test_where_the_readings_differ_somebody_decided_and_nowhere_else() -> None:
    assert not [each for each in labels() if each.agreed is (each.settled is not None)]


@pytest.mark.targets
def test_a_false_finding_counts_and_a_lost_one_is_noticed(targets: Path) -> None:
    (known,) = [each for each in labels() if each.check == "engine-socket-mounted"]
    again = Reading(true=False, why="turned round")
    turned = Label(
        known.target, known.sample, known.entry, known.check, known.at, again, again, None
    )
    moved = Label(
        known.target, known.sample, known.entry, known.check, "nowhere:1", known.first, known.second
    )

    assert compare(targets, [turned]).returned == [turned]
    assert compare(targets, [moved]).lost == [moved]


@pytest.mark.targets
def test_every_true_finding_is_still_found_and_no_false_one_came_back(targets: Path) -> None:
    tally = compare(targets, labels())

    assert [str(each) for each in tally.lost] == []
    assert [str(each) for each in tally.returned] == []


@pytest.mark.targets
def test_precision_on_the_sample_that_no_correction_saw(targets: Path) -> None:
    """The first sample led to corrections; only the second one tells how precise they left us."""
    unseen = [each for each in labels() if each.sample == AFTER]
    true = sum(each.true for each in unseen)

    assert true / len(unseen) >= GOAL
    assert clopper_pearson(true, len(unseen))[0] >= GOAL
