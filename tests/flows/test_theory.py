"""Phase theory, alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.theory import distributed, theory
from tests.flows.done import done

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.domain.runs import Job
    from tasks.tools.ledger.database import Ledger

pytestmark = pytest.mark.timeout(120)


def test_the_distributed_system_is_described_in_a_document_of_its_cell(shop_job: Job) -> None:
    studied = distributed(shop_job, {})

    assert len(studied.deliverables) == 1
    assert studied == distributed(shop_job, {})  # nothing in it depends on the moment


def test_theory_alone_stands_on_nothing_and_writes_no_bundle(
    ledger: Ledger, shop: Path, tmp_path: Path
) -> None:
    before = set(tmp_path.iterdir())

    outcome = theory(str(shop))

    assert done(outcome) == {"theory/distributed"}
    assert outcome["exit"] == 0
    assert outcome["bundle"] == ""
    assert set(tmp_path.iterdir()) - before <= {tmp_path / "results"}
    assert not list((tmp_path / "state").rglob("bundle.json"))
