"""A cell as a run of its own: told as plain values, recorded once, refused when outdated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows.cell import cell
from flows.cells import finished, inputs_digest
from tasks.domain.canonical import plain
from tasks.tools.ledger import journal

if TYPE_CHECKING:
    from tasks.domain.runs import Job
    from tasks.tools.ledger.database import Ledger

pytestmark = pytest.mark.timeout(120)
THEORY = "theory/distributed"


def _committed(ledger: Ledger, job: Job) -> list[str]:
    return [each.step for each in journal.lines(ledger, job.run.id) if each.event == "committed"]


def test_it_records_its_completion_where_the_programme_looks_for_it(
    ledger: Ledger, shop_job: Job
) -> None:
    inputs = inputs_digest(THEORY, shop_job, {}, ())
    assert finished(ledger, shop_job.run, THEORY, inputs) is None

    cell(THEORY, plain(shop_job), {}, [])

    assert finished(ledger, shop_job.run, THEORY, inputs)


def test_entered_again_it_repeats_no_step(ledger: Ledger, shop_job: Job) -> None:
    cell(THEORY, plain(shop_job), {}, [])
    once = _committed(ledger, shop_job)

    cell(THEORY, plain(shop_job), {}, [])

    assert once
    assert _committed(ledger, shop_job) == once


def test_one_that_was_overtaken_is_refused_at_its_next_step(ledger: Ledger, shop_job: Job) -> None:
    overtaken = replace(shop_job, run=replace(shop_job.run, epoch=shop_job.run.epoch - 1))

    with pytest.raises(Exception, match=r"(?i)epoch|owns|overt|taken"):
        cell(THEORY, plain(overtaken), {}, [])

    assert _committed(ledger, shop_job) == []
