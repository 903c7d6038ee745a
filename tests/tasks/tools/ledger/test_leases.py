import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tasks.domain.runs import Run
from tasks.tools.ledger import cells
from tasks.tools.ledger.database import Ledger, StaleLeaseError
from tasks.tools.ledger.leases import HeldError, Lease, holder, lock_key

HOLDER = """
import sys, time
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import Lease
lease = Lease.take(Ledger(sys.argv[1]), sys.argv[2], sys.argv[3])
print(lease.epoch, flush=True)
time.sleep(60)
"""


def _other_process(url: str, platform: str, run: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url, platform, run],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[4])},
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_second_run_on_a_platform_is_refused_and_learns_who_holds_it(
    ledger: Ledger, lease: Lease
) -> None:
    with pytest.raises(HeldError) as refused:
        Lease.take(ledger, lease.platform, "another run")

    assert refused.value.run == lease.run
    assert lease.run in str(refused.value)


def test_a_released_platform_is_free_for_the_next_run_with_a_higher_epoch(
    ledger: Ledger, platform: str
) -> None:
    first = Lease.take(ledger, platform, "first")
    first.release()

    second = Lease.take(ledger, platform, "second")

    assert second.epoch == first.epoch + 1
    second.release()


def test_killing_the_holder_frees_the_platform(
    ledger: Ledger, ledger_url: str, platform: str
) -> None:
    process = _other_process(ledger_url, platform, "victim")
    before = holder(ledger, platform)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()  # type: ignore[union-attr]  # a pipe was asked for

    lease = Lease.take(ledger, platform, "victim", timedelta(seconds=5))

    assert before is not None
    assert (before.run, before.alive) == ("victim", True)
    assert lease.epoch == before.epoch + 1
    lease.release()


def test_a_dead_holder_is_told_from_a_living_one(ledger: Ledger, platform: str) -> None:
    lease = Lease.take(ledger, platform, "run")
    living = holder(ledger, platform)
    lease.release()
    dead = holder(ledger, platform)

    assert living is not None
    assert living.alive
    assert dead is not None
    assert not dead.alive


def test_a_suspended_run_keeps_the_platform_without_a_process(
    ledger: Ledger, platform: str
) -> None:
    Lease.take(ledger, platform, "waiting").release(suspend=True)

    with pytest.raises(HeldError, match="waiting"):
        Lease.take(ledger, platform, "another")
    Lease.take(ledger, platform, "waiting").release()


def test_whoever_was_overtaken_cannot_write(ledger: Ledger, lease: Lease, run: Run) -> None:
    stale = replace(run, epoch=run.epoch - 1)
    cells.complete(ledger, run, cells.Completion("build/security", "inputs", "outcome"))

    with pytest.raises(StaleLeaseError):
        cells.complete(ledger, stale, cells.Completion("build/security", "other inputs", "wrong"))

    assert cells.completed(ledger, run, "build/security", "inputs") == "outcome"


def test_a_holder_takes_its_lock_again_after_the_database_dropped_it(
    ledger: Ledger, lease: Lease
) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND classid::bigint = :high AND objid::bigint = :low"
            ),
            {
                "high": (lock_key(lease.platform) % 2**64) >> 32,
                "low": lock_key(lease.platform) & 0xFFFF_FFFF,
            },
        )
    owner = None
    deadline = time.monotonic() + 15
    while (owner is None or not owner.alive) and time.monotonic() < deadline:
        time.sleep(0.2)
        owner = holder(ledger, lease.platform)

    assert owner is not None
    assert owner.alive
    assert owner.epoch == lease.epoch
