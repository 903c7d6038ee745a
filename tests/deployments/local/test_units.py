import shutil
from pathlib import Path

import pytest

from deployments.local import units
from deployments.local.errors import StackError
from deployments.local.layout import Layout

SYSTEMD = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine"
)


@pytest.fixture(params=["plain", "with space, 100% and $name"])
def layout(request: pytest.FixtureRequest, tmp_path: Path) -> Layout:
    checkout = tmp_path / request.param
    (checkout / ".venv/bin").mkdir(parents=True)
    python = checkout / ".venv/bin/python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    return Layout(checkout, checkout / ".cmi")


@SYSTEMD
@pytest.mark.parametrize("system", [True, False], ids=["system", "user"])
def test_systemd_accepts_the_unit(layout: Layout, *, system: bool) -> None:
    assert units.verify(units.describe(layout, system=system))


@SYSTEMD
def test_systemd_refuses_a_broken_unit(layout: Layout) -> None:
    unit = units.describe(layout, system=True)
    broken = units.Unit(unit.path, unit.text.replace("Type=exec", "Type=nonsense"), system=True)

    with pytest.raises(StackError, match="nonsense"):
        units.verify(broken)


def test_a_system_unit_runs_as_the_owner_of_the_checkout(layout: Layout) -> None:
    assert f"User={layout.checkout.owner()}\n" in units.describe(layout, system=True).text
    assert "User=" not in units.describe(layout, system=False).text


def test_two_checkouts_have_two_units(layout: Layout, tmp_path: Path) -> None:
    other = Layout(layout.checkout, tmp_path / "other")

    assert units.describe(other, system=True).path != units.describe(layout, system=True).path
