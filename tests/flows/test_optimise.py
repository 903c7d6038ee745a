"""Phase optimise, alone: it ends with a bundle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deployments.cli.main import call
from flows.cells import BUILT
from flows.optimise import optimise
from flows.standing import LIVE
from tests.flows.done import done

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.tools.ledger.database import Ledger

pytestmark = pytest.mark.timeout(300)


def test_optimise_computes_all_and_its_bundle_stands_up_to_an_audit(
    ledger: Ledger, shop: Path, tmp_path: Path
) -> None:
    outcome = optimise(str(shop), quick=True, out=str(tmp_path / "bundle"))

    assert done(outcome) == set(BUILT) - set(LIVE)
    assert outcome["bundle"] == str(tmp_path / "bundle")
    index = json.loads((tmp_path / "bundle/bundle.json").read_text(encoding="utf-8"))
    assert index["digest"] == outcome["digest"]
    assert call(["audit", str(tmp_path / "bundle"), "--source", str(shop)]) == 0


def test_a_bundle_that_was_touched_afterwards_fails_the_audit(
    ledger: Ledger, shop: Path, tmp_path: Path
) -> None:
    optimise(str(shop), quick=True, out=str(tmp_path / "bundle"))
    patch = next((tmp_path / "bundle").rglob("*.patch"))
    patch.chmod(0o644)
    patch.write_text(patch.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    assert call(["audit", str(tmp_path / "bundle"), "--source", str(shop)]) != 0
