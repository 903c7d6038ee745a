"""Phase verify, alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.build import security
from flows.verify import acceptance, integration, performance, verify
from tasks import outcomes
from tasks.domain.candidates import ProofState
from tests.flows.done import done

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.domain.runs import Job
    from tasks.tools.ledger.database import Ledger

pytestmark = pytest.mark.timeout(300)


def test_every_candidate_goes_round_and_each_proof_says_of_whom_it_is(shop_job: Job) -> None:
    secured = security(shop_job, {})
    given = {"build/security": outcomes.keep("build/security", secured)}

    tested = integration(shop_job, given)

    assert set(tested.proofs) == {each.id for each in secured.candidates}
    assert {each.state for each in tested.proofs.values()} == {ProofState.PASSED}
    assert tested.deliverables


def test_without_a_copy_no_scenario_is_called_passed(shop_job: Job) -> None:
    accepted = acceptance(shop_job, {})
    (listed,) = accepted.deliverables

    assert len(accepted.acts) == 6
    assert listed.id == "issue-list"
    assert "0 passed, 0 failed, 6 not assessed." in listed.texts["en"]


def test_without_a_copy_nothing_is_measured_and_nothing_compared(shop_job: Job) -> None:
    found = performance(shop_job, {})
    (listed,) = found.deliverables

    assert found.noise.samples == found.lookback.now == ()
    assert listed.id == "performance-baseline"


def test_verify_quickly_alone_first_computes_what_it_stands_on(ledger: Ledger, shop: Path) -> None:
    outcome = verify(str(shop), quick=True)

    assert done(outcome) == {"theory/distributed", "build/security", "verify/integration"}
    assert outcome["bundle"] == ""
