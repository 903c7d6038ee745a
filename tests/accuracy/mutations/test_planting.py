"""A defect that is planted is found where it was planted. `make tables` plants them all."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from tasks.domain.security.checks import CHECKS
from tests.accuracy.mutations import compose, dockerfiles, kubernetes
from tests.accuracy.mutations.planting import plants, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.accuracy.mutations.plant import Plant

# Another sample with each commit, where continuous integration names it.
SEED = int(os.environ.get("CMI_SEED", "20261128"))
SAMPLE = 10  # plants
_CHOSEN = random.Random(SEED).sample(list(plants()), SAMPLE)


def test_every_check_has_a_plant_in_every_packaging_that_it_judges() -> None:
    planted = {
        "compose": {plant.check for plant in compose.PLANTS},
        "kubernetes": {plant.check for plant in kubernetes.PLANTS},
        "dockerfile": set(dockerfiles.PLANTS),
    }
    missing = [
        (check.id, kind)
        for check in CHECKS
        for kind in check.kinds
        if check.id not in planted[kind]
    ]

    assert missing == []


def test_a_lost_check_would_be_noticed() -> None:
    """Negative control: the place of a planted defect has no finding of another check's name."""
    variant = dockerfiles.variants(SEED)[0]
    other = dockerfiles.Variant(variant.name, "privileged-container", variant.text, variant.lines)

    assert dockerfiles.is_found(variant)
    assert not dockerfiles.is_found(other)


@pytest.mark.targets
@pytest.mark.parametrize(
    ("packaging", "plant"), [pytest.param(p, each, id=f"{p}-{each}") for p, each in _CHOSEN]
)
def test_a_planted_defect_is_found_at_its_place(
    targets: Path, packaging: str, plant: Plant
) -> None:
    outcomes = run(targets, packaging, plant, SEED, 2)

    assert outcomes
    assert [str(each) for each in outcomes if not each.found] == []


@pytest.mark.parametrize("check", dockerfiles.PLANTS)
def test_a_defect_planted_in_a_dockerfile_is_found_in_its_line(check: str) -> None:
    some = dockerfiles.variants(SEED, checks=(check,))

    assert len(some) >= 20
    assert [each.name for each in some if not dockerfiles.is_found(each)] == []
