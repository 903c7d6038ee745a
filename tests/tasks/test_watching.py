"""What a run takes and what becomes of its machine, looked at while it works."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge import tables
from tasks import watching
from tasks.domain.impact import CellStanding, Standing
from tasks.domain.interruptions import Kind
from tasks.domain.runs import Job, Run
from tasks.tools.ledger import attempts, cells, runs, triggers
from tasks.tools.ledger.cells import Completion
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord
from tasks.tools.platforms import intake

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDS = {"build/security": (), "optimise/harden": ("build/security",)}
PLAN = tuple(CellStanding(cell, Standing.OPEN).priced(100.0, 40.0) for cell in NEEDS)
GROUND = watching.ground({})


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger(ledger_url)


@pytest.fixture
def job(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    (tmp_path / "state").mkdir()
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/compose.yaml").write_text("services: {web: {image: 'node:18'}}\n")
    name = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(name, name, "night", "", str(tmp_path / "shop"), "compose.yaml"))
    lease = Lease.take(ledger, name, name)
    run = Run(name, name, lease.epoch, "night")
    yield Job(run, str(tmp_path / "shop"), "compose.yaml", "content")
    lease.release()


def settle(job: Job, text: str) -> None:
    (Path(job.source) / "cmi.yaml").write_text(text)


def raised(ledger: Ledger, job: Job) -> list[tuple[Kind, str]]:
    return [(each.kind, each.reason) for each in triggers.pending(ledger, job.run.id)]


def test_a_run_within_its_means_is_left_alone_and_accounted_for(ledger: Ledger, job: Job) -> None:
    settle(job, "budgets: {wall-time: 1h, cpu-time: 1h, disk: 1Gi}\n")

    with watching.watching(ledger, job, PLAN, NEEDS, GROUND):
        time.sleep(0.1)

    spent = attempts.spent(ledger, job.run.id)
    assert spent.seconds >= 0.1
    assert attempts.grounds(ledger, job.run.id)[0]["controls"]["CIS-Docker"]
    assert raised(ledger, job) == []


@pytest.mark.parametrize(
    ("settings", "kind", "said"),
    [
        pytest.param("budgets: {wall-time: 150s}\n", Kind.COST, "200.", id="wall time, forecast"),
        pytest.param("budgets: {cpu-time: 60s}\n", Kind.COST, "cpu-time", id="processor"),
        pytest.param(
            "budgets: {money: 1}\nprices: {hour: 36}\n", Kind.COST, "money", id="money, forecast"
        ),
        pytest.param("reserves: {disk: 900000Gi}\n", Kind.RESOURCES, "of disk are free", id="disk"),
        pytest.param(
            "reserves: {memory: 90000Gi}\n", Kind.RESOURCES, "of memory are free", id="memory"
        ),
    ],
)
def test_what_will_not_suffice_is_said_before_it_is_exceeded(
    ledger: Ledger, job: Job, settings: str, kind: Kind, said: str
) -> None:
    settle(job, settings)

    with watching.watching(ledger, job, PLAN, NEEDS, GROUND):
        pass

    ((found, reason),) = raised(ledger, job)
    assert found is kind
    assert said in reason


def test_what_is_finished_is_no_part_of_the_forecast(ledger: Ledger, job: Job) -> None:
    settle(job, "budgets: {wall-time: 150s}\n")
    cells.complete(ledger, job.run, Completion("build/security", "i", "o", 100.0))

    with watching.watching(ledger, job, PLAN, NEEDS, GROUND):
        pass

    assert raised(ledger, job) == []


def test_a_program_that_a_finished_cell_had_and_that_is_gone_stops_the_run(
    ledger: Ledger, job: Job
) -> None:
    programs = {"a-program-that-vanished": "/usr/bin/it", "sh": "/bin/sh"}
    cells.complete(ledger, job.run, Completion("build/security", "i", "o", 1.0, 1.0, {}, programs))

    with watching.watching(ledger, job, PLAN, NEEDS, GROUND):
        pass

    ((kind, reason),) = raised(ledger, job)
    assert kind is Kind.RESOURCES
    assert "a-program-that-vanished is gone" in reason


def test_a_run_that_was_stopped_for_good_is_not_stopped_again(ledger: Ledger, job: Job) -> None:
    settle(job, "reserves: {disk: 900000Gi}\n")
    closing = replace(job, left={"build/security": "stopped by decision of kim: enough"})

    with watching.watching(ledger, closing, PLAN, NEEDS, GROUND):
        pass

    assert raised(ledger, job) == []


def test_what_became_known_since_the_run_began_stops_it_and_what_was_known_does_not(
    ledger: Ledger, job: Job
) -> None:
    platform = intake([Path(job.source)], None).platform
    assert platform is not None
    watching.look_for_news(ledger, job, platform, GROUND)
    assert raised(ledger, job) == []

    before = sorted(each for each in tables.deprecations() if "library/node" not in each)
    old = {"code": {}, "controls": {**GROUND["controls"], "CIS-Docker": "1.5.0"}}
    attempts.note(ledger, job.run, attempts.Spent(), old | {"deprecations": before})
    watching.look_for_news(ledger, job, platform, GROUND)

    found = dict(raised(ledger, job))
    assert "library/node" in found[Kind.TECHNOLOGY]
    assert "CIS-Docker" in found[Kind.COMPLIANCE]


def test_what_nobody_watches_is_listed_with_what_to_do(job: Job) -> None:
    settle(job, "budgets: {money: 3}\n")

    told = {each.what: each.remedy for each in watching.not_watched(job.source, live=False)}
    live = {each.what for each in watching.not_watched(job.source, live=True)}

    assert "cmi interrupt --kind vulnerability" in told["interruption by a vulnerability"]
    assert "cmi run --live" in told["interruption by performance"]
    assert set(told) - live == {"interruption by performance"}
    assert "prices" in told["the budget of money"]
