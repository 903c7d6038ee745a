"""Every limit that is listed can be set, in its unit and in no other."""

from __future__ import annotations

import pytest

from tasks.domain.limits import BUDGETS, MARGINS, PRICES, RESERVES
from tasks.domain.settings import SettingsError, read_settings

# How each unit is written, and what is understood.
WRITTEN = {"time": ("90s", 90.0), "share": ("1%", 0.01), "size": ("2Gi", 2**31), "amount": ("4", 4)}
LISTED = [
    pytest.param(group, name, unit, id=f"{group}-{name}")
    for group, known in (
        ("margins", dict.fromkeys(MARGINS, "share")),
        ("budgets", BUDGETS),
        ("prices", PRICES),
        ("reserves", RESERVES),
    )
    for name, unit in known.items()
]


def _read(group: str, name: str, text: str) -> float:
    settings = read_settings("cmi.yaml", f"version: 1\n{group}: {{{name}: {text}}}\n", [])
    found: float = getattr(settings, group)[name]
    return found


@pytest.mark.parametrize(("group", "name", "unit"), LISTED)
def test_a_limit_is_read_in_its_own_unit(group: str, name: str, unit: str) -> None:
    text, amount = WRITTEN[unit]

    assert _read(group, name, text) == pytest.approx(amount)


@pytest.mark.parametrize(("group", "name", "unit"), LISTED)
def test_a_limit_in_another_unit_is_refused_by_its_name(group: str, name: str, unit: str) -> None:
    other = WRITTEN["share" if unit != "share" else "size"][0]

    with pytest.raises(SettingsError, match=name):
        _read(group, name, other)


@pytest.mark.parametrize("group", ["margins", "budgets", "prices", "reserves"])
def test_a_limit_that_is_not_listed_is_refused(group: str) -> None:
    with pytest.raises(SettingsError, match="invented"):
        _read(group, "invented", "1%")
