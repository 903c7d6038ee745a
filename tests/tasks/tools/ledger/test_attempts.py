from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.tools.ledger import attempts, runs
from tasks.tools.ledger.attempts import Spent
from tasks.tools.ledger.database import StaleLeaseError
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger


def test_an_attempt_counts_up_to_its_last_sign_of_life_and_attempts_add_up(
    ledger: Ledger, run: Run, lease: Lease
) -> None:
    attempts.note(ledger, run, Spent(1.0, 0.5, 10), {"code": "old"})
    attempts.note(ledger, run, Spent(3.0, 1.5, 30), {"code": "old"})
    lease.release()
    with_new_code = Lease.take(ledger, run.platform, run.id)
    resumed = replace(run, epoch=with_new_code.epoch)
    attempts.note(ledger, resumed, Spent(4.0, 2.0, -5), {"code": "new"})

    assert attempts.spent(ledger, run.id) == Spent(7.0, 3.5, 25)
    assert attempts.grounds(ledger, run.id) == ({"code": "old"}, {"code": "new"})
    with pytest.raises(StaleLeaseError):
        attempts.note(ledger, run, Spent(9.0), {})
    with_new_code.release()


def test_a_run_that_never_worked_took_nothing(ledger: Ledger) -> None:
    assert attempts.spent(ledger, "nowhere") == Spent()


def test_what_the_last_finished_run_took_is_known(ledger: Ledger, run: Run) -> None:
    runs.begin(ledger, RunRecord(run.id, run.platform, "night", "", "place", "entry"))
    attempts.note(ledger, run, Spent(5.0, 2.0, 7), {})
    assert attempts.former(ledger, run.platform, "next") is None

    runs.finish(ledger, run, {})

    assert attempts.former(ledger, run.platform, "next") == Spent(5.0, 2.0, 7)
    assert attempts.former(ledger, run.platform, run.id) is None
