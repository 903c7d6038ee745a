"""Looking back: on a real ledger, and on a real engine with a platform that became slower."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.domain.interruptions import Kind
from tasks.domain.outcomes import Measured
from tasks.domain.runs import Job, Run
from tasks.domain.verification.confirmations import Noise
from tasks.domain.verification.regressions.judging import Lookback, Standing, judge
from tests.regressed import lookback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasks.tools.engine import Engine
    from tasks.tools.ledger.database import Ledger

pytest.importorskip("prefect", reason="Prefect is not installed here")
from tasks import interruption
from tasks.compare import measure_noise
from tasks.measure import measure_copy
from tasks.regress import look_again, look_back, raise_regressions
from tasks.tools.ledger import plans, runs, triggers
from tasks.tools.ledger.database import URL_VARIABLE
from tasks.tools.ledger.database import Ledger as RealLedger
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord
from tests.tasks.tools.live.conftest import IMAGE, engine, platform, tiny  # noqa: F401  # fixtures

COMPOSE = f"""
services:
  web:
    image: {IMAGE}
    command: [sh, -c, "sleep WAIT; exec httpd -f -p 80 -h /"]
    ports: ["18080:80"]
"""


@pytest.fixture
def ledger(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    interruption.forget()
    return RealLedger(ledger_url)


@pytest.fixture
def run(ledger: Ledger) -> Iterator[Run]:
    name = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(name, name[:16], "night", "", "/shop", "compose.yaml"))
    lease = Lease.take(ledger, name[:16], name)
    yield Run(name, name[:16], lease.epoch, "night")
    lease.release()


def test_a_confirmed_regression_stops_the_run_once(ledger: Ledger, run: Run) -> None:
    raise_regressions.fn(run, lookback())
    raise_regressions.fn(run, lookback())

    (told,) = triggers.pending(ledger, run.id)
    assert told.kind is Kind.PERFORMANCE
    assert "grew by 30 %" in told.reason
    assert triggers.stopped(ledger, run.id)


@pytest.mark.parametrize("found", [lookback(again=1.0), lookback(again=None), Lookback()])
def test_anything_less_stops_nobody(ledger: Ledger, run: Run, found: Lookback) -> None:
    raise_regressions.fn(run, found)

    assert not triggers.stopped(ledger, run.id)


def test_without_an_engine_or_a_working_platform_the_reason_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.domain.verification.starts import Start  # noqa: PLC0415  # only here

    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    job = Job(run, str(tmp_path), "compose.yaml", "c")

    assert "does not answer every probe" in look_back.fn(run, job, Measured()).reason
    assert "Nobody answers" in look_back.fn(run, job, Measured(Start(2.0, (), ()))).reason


def test_what_is_not_suspicious_is_not_started_again(run: Run, tmp_path: Path) -> None:
    found = lookback(now=1.0, again=None)
    job = Job(run, str(tmp_path), "compose.yaml", "c")
    planned = replace(found, now=())

    looked = look_again.fn(run, job, Measured(), planned, Noise(found.now))

    assert looked == found


def programme(ledger: Ledger, folder: Path, identity: str, wait: float) -> tuple[Job, Lookback]:
    """Let one programme measure the platform, whose program waits before it listens."""
    (folder / "compose.yaml").write_text(COMPOSE.replace("WAIT", f"{wait:g}"))
    name = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(name, identity, name, "", str(folder), "compose.yaml"))
    lease = Lease.take(ledger, identity, name)
    run = Run(name, identity, lease.epoch, name)
    job = Job(run, str(folder), "compose.yaml", "c", live=True, begun=_begun(ledger, name))
    measured = measure_copy.fn(run, job.source, job.entry)
    planned = look_back.fn(run, job, measured)
    noise = measure_noise.fn(run, job, measured)
    found = look_again.fn(run, job, measured, planned, noise)
    again = look_again.fn(run, job, measured, planned, noise)
    assert again == replace(found, again=again.again)
    assert [each.at for each in again.again] == [each.at for each in found.again]
    raise_regressions.fn(run, found)
    runs.finish(ledger, run, {})
    lease.release()
    return job, found


def _begun(ledger: Ledger, name: str) -> str:
    """Say when it began, to the microsecond: these programmes follow each other at once."""
    from sqlalchemy import select  # noqa: PLC0415  # only here

    from tasks.tools.ledger.tables import RUNS  # noqa: PLC0415  # as above

    at = select(RUNS.c.begun_at).where(RUNS.c.id == name)
    return str(ledger.transact(lambda c: c.execute(at).scalar_one()).isoformat())


@pytest.mark.engine
@pytest.mark.quiet
@pytest.mark.timeout(600)
def test_a_platform_that_became_slower_is_found_by_two_looks(
    ledger: Ledger,
    engine: Engine,  # noqa: F811  # the fixture
    platform: Path,  # noqa: F811  # the fixture
) -> None:
    identity = uuid.uuid4().hex[:16]
    _, first = programme(ledger, platform, identity, 1.5)
    same, second = programme(ledger, platform, identity, 1.5)
    slow, third = programme(ledger, platform, identity, 3)

    assert "no earlier programme" in first.reason
    assert judge(second).rows
    assert not judge(second).worse
    assert triggers.raised(ledger, same.run.id) == ()
    states = {each.measure: each.standing for each in judge(third).rows}
    assert states["green"] is Standing.WORSE
    (told,) = triggers.raised(ledger, slow.run.id)
    assert told.subject.endswith(f"since {same.run.id}")
    assert plans.names(ledger, slow.run.id) == ("noise", "regression")
    assert len(third.again) == 12
