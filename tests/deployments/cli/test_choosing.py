from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from deployments.cli.choosing import Choice, choose
from tasks.domain.exits import Exit
from tasks.domain.runs import Run
from tasks.ownership import Request
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import HeldError, Lease
from tasks.tools.ledger.runs import RunRecord

REQUEST = Request("/srv/shop")


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger(ledger_url)


@pytest.fixture
def platform() -> str:
    return uuid.uuid4().hex


def _begun(
    ledger: Ledger, platform: str, batch: str, salt: str = "", **parameters: Any
) -> RunRecord:
    run = str(uuid.uuid4())
    record = RunRecord(run, platform, batch, salt, "/srv/shop", "compose", parameters)
    return runs.begin(ledger, record)


def _finished(ledger: Ledger, platform: str, batch: str, **parameters: Any) -> RunRecord:
    record = _begun(ledger, platform, batch, **parameters)
    lease = Lease.take(ledger, platform, record.id)
    runs.finish(ledger, Run(record.id, platform, lease.epoch, batch), {"exit": 0})
    lease.release()
    return record


def test_a_platform_never_seen_begins_a_run(ledger: Ledger, platform: str) -> None:
    assert choose(ledger, platform, REQUEST, fresh=False).choice is Choice.BEGIN


def test_an_unfinished_run_is_resumed_unless_a_fresh_one_is_asked_for(
    ledger: Ledger, platform: str
) -> None:
    record = _begun(ledger, platform, "night")
    plan = choose(ledger, platform, REQUEST, fresh=False)

    assert (plan.choice, plan.record) == (Choice.RESUME, record)
    assert choose(ledger, platform, REQUEST, fresh=True).choice is Choice.BEGIN


def test_a_finished_batch_is_shown_again_and_without_a_batch_a_new_run_begins(
    ledger: Ledger, platform: str
) -> None:
    _finished(ledger, platform, "night")
    night = replace(REQUEST, batch="night")

    assert choose(ledger, platform, night, fresh=False).choice is Choice.SHOW
    assert choose(ledger, platform, REQUEST, fresh=False).choice is Choice.BEGIN
    recompute = replace(night, recompute=True)
    assert choose(ledger, platform, recompute, fresh=False).choice is Choice.BEGIN


def test_recomputing_resumes_only_a_run_that_recomputes(ledger: Ledger, platform: str) -> None:
    _begun(ledger, platform, "night")
    recompute = replace(REQUEST, recompute=True)
    plain = choose(ledger, platform, recompute, fresh=False)
    _begun(ledger, platform, "another", salt="salt")

    assert plain.choice is Choice.BEGIN
    assert choose(ledger, platform, recompute, fresh=False).choice is Choice.RESUME


def test_a_working_run_is_attached_to_or_refuses_another_batch(
    ledger: Ledger, platform: str
) -> None:
    record = _begun(ledger, platform, "night")
    lease = Lease.take(ledger, platform, record.id)
    try:
        plan = choose(ledger, platform, REQUEST, fresh=False)
        with pytest.raises(HeldError) as refused:
            choose(ledger, platform, replace(REQUEST, batch="other"), fresh=False)
        with pytest.raises(HeldError):
            choose(ledger, platform, REQUEST, fresh=True)
    finally:
        lease.release()

    assert (plan.choice, plan.record) == (Choice.ATTACH, record)
    assert (refused.value.run, refused.value.exit) == (record.id, Exit.HELD)


LESS = [pytest.param({"quick": True}, id="quick"), pytest.param({"phase": "theory"}, id="phase")]


@pytest.mark.parametrize("less", LESS)
def test_a_run_that_does_less_is_neither_resumed_nor_shown_for_the_whole(
    ledger: Ledger, platform: str, less: dict[str, Any]
) -> None:
    _begun(ledger, platform, "open", **less)
    _finished(ledger, platform, "night", **less)
    night = replace(REQUEST, batch="night")

    assert choose(ledger, platform, REQUEST, fresh=False).choice is Choice.BEGIN
    assert choose(ledger, platform, night, fresh=False).choice is Choice.BEGIN


@pytest.mark.parametrize("less", LESS)
def test_a_working_run_that_does_less_holds_the_platform(
    ledger: Ledger, platform: str, less: dict[str, Any]
) -> None:
    record = _begun(ledger, platform, "night", **less)
    lease = Lease.take(ledger, platform, record.id)
    try:
        with pytest.raises(HeldError, match=record.id):
            choose(ledger, platform, REQUEST, fresh=False)
    finally:
        lease.release()


def test_whoever_wants_it_quick_takes_a_quick_run_or_a_whole_one(
    ledger: Ledger, platform: str
) -> None:
    quick = replace(REQUEST, quick=True)
    _finished(ledger, platform, "whole")
    _begun(ledger, platform, "night", quick=True)

    assert choose(ledger, platform, quick, fresh=False).choice is Choice.RESUME
    whole = choose(ledger, platform, replace(quick, batch="whole"), fresh=False)
    assert whole.choice is Choice.SHOW


def test_an_unfinished_phase_does_not_hide_an_unfinished_programme(
    ledger: Ledger, platform: str
) -> None:
    record = _begun(ledger, platform, "night")
    _begun(ledger, platform, "later", phase="build")

    plan = choose(ledger, platform, REQUEST, fresh=False)

    assert (plan.choice, plan.record) == (Choice.RESUME, record)
