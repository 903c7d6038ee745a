"""Fixtures that every test may ask for."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def targets() -> Path:
    """Return the folder with the real platforms; skip with the reason where there is none."""
    told = os.environ.get("CMI_TARGETS")
    candidates = [Path(told)] if told else [p / "shared/targets" for p in CHECKOUT.parents]
    for folder in candidates:
        if folder.is_dir():
            return folder
    pytest.skip(
        "no real platforms beside this checkout (shared/targets, or name it in CMI_TARGETS)"
    )
