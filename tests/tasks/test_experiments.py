"""Experiments on a real ledger, with a platform whose starts follow from their position."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks import interruption
from tasks.domain.runs import Run
from tasks.domain.verification.experiments.judgement import Sample, Verdict
from tasks.domain.verification.experiments.plans import INTERRUPTED, Arm, Benefit, Plan
from tasks.experiments import carry_out, stored
from tasks.interruption import InterruptionError
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.leases import Lease

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
# A change of ten percent under noise of about as much: the decision takes some twenty pairs.
PLAN = Plan("ab", ("c1",), (Benefit("faster", "seconds"),), (), seed="q", most_pairs=40)
MEASURING = """
import sys, time
from pathlib import Path
from tasks.domain.runs import Run
from tasks.experiments import carry_out
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import Lease
from tests.tasks.test_experiments import PLAN, start
platform, name, log = sys.argv[1:]
lease = Lease.take(Ledger.here(), platform, name)
def take(position, arm):
    with Path(log).open("a") as lines:
        print(position, file=lines, flush=True)
    time.sleep(0.01)
    return start(position, arm)
carry_out(Ledger.here(), Run(name, platform, lease.epoch, "night"), PLAN, take)
"""


def start(position: int, arm: Arm) -> Sample:
    """Start the platform: noise by position, and what is changed takes nine tenths."""
    noise = 1 + (uuid.uuid5(uuid.NAMESPACE_OID, str(position)).int % 1000) / 5000
    seconds = noise * (0.9 if arm is Arm.AFTER else 1.0)
    return Sample(position, arm, {"seconds": seconds}, float(position), evidence=(f"e{position}",))


@pytest.fixture
def run(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    interruption.forget()
    lease = Lease.take(Ledger(ledger_url), uuid.uuid4().hex[:16], uuid.uuid4().hex)
    yield Run(lease.run, lease.platform, lease.epoch, "night")
    interruption.forget()
    lease.release()


def test_it_measures_until_the_plan_decides_and_not_once_more(run: Run) -> None:
    taken: list[int] = []

    def take(position: int, arm: Arm) -> Sample:
        taken.append(position)
        return start(position, arm)

    found = carry_out(Ledger.here(), run, PLAN, take)

    assert found.verdict is Verdict.SHOWN
    assert taken == list(range(1, 2 * found.pairs + 1))
    assert carry_out(Ledger.here(), run, PLAN, take) == found  # decided: nothing to measure
    assert len(taken) == 2 * found.pairs


@pytest.mark.parametrize("after", [6, 7], ids=["between two pairs", "in the middle of a pair"])
def test_killed_it_goes_on_with_the_next_sample(
    run: Run, tmp_path: Path, ledger_url: str, after: int
) -> None:
    name, platform, log = uuid.uuid4().hex, uuid.uuid4().hex[:16], tmp_path / "log"
    command = [sys.executable, "-c", MEASURING, platform, name, str(log)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), URL_VARIABLE: ledger_url}
    ledger = Ledger(ledger_url)

    process = subprocess.Popen(command, env=environment)
    while len(stored(ledger, name, PLAN.name)) < after and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = stored(ledger, name, PLAN.name)
    assert after <= len(kept) < 2 * carry_out(ledger, run, PLAN, start).pairs  # it hit a live one
    subprocess.run(command, env=environment, check=True, timeout=60)

    whole = stored(ledger, name, PLAN.name)
    assert whole[: len(kept)] == kept
    assert [sample.position for sample in whole] == list(range(1, len(whole) + 1))
    begun = [int(line) for line in log.read_text().split()]
    assert len(begun) - len(set(begun)) <= 1  # the one that was at work when it was killed
    torn = len(kept) + 1 if len(kept) % 2 else None
    assert [s.position for s in whole if s.excluded == INTERRUPTED] == ([torn] if torn else [])


def test_somebody_s_wish_stops_it_between_two_pairs_and_keeps_what_it_has(run: Run) -> None:
    def take(position: int, arm: Arm) -> Sample:
        if position == 3:
            interruption.ask()
        return start(position, arm)

    with pytest.raises(InterruptionError):
        carry_out(Ledger.here(), run, PLAN, take)

    assert len(stored(Ledger.here(), run.id, PLAN.name)) == 4
    interruption.forget()
    assert carry_out(Ledger.here(), run, PLAN, start).verdict is Verdict.SHOWN
