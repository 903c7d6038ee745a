"""Starts of earlier programmes, from a real ledger and from bundles on disk."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.domain.canonical import plain
from tasks.domain.runs import Job, Run
from tasks.domain.sentences import known
from tasks.domain.verification.regressions.records import evidence_of, record_of
from tasks.tools import bundles, earlier
from tasks.tools.ledger import plans, runs
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord
from tests.forgeries import closed
from tests.regressed import HERE, THEN, lookback, starts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tasks.domain.verification.experiments.judgement import Sample

LATER = "2999-01-01T00:00:00+00:00"


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger(ledger_url)


@pytest.fixture
def job() -> Job:
    return Job(Run("now", uuid.uuid4().hex[:16], 9, "b"), "/shop", "compose", "c", begun=LATER)


def programme(ledger: Ledger, job: Job, samples: Sequence[Sample], *, ends: bool = True) -> str:
    """Let an earlier programme of the same platform measure its starts, and perhaps end."""
    name = uuid.uuid4().hex
    runs.begin(ledger, RunRecord(name, job.run.platform, name, "", "/shop", "compose"))
    lease = Lease.take(ledger, job.run.platform, name)
    run = Run(name, job.run.platform, lease.epoch, name)
    if samples:
        plans.commit(ledger, run, earlier.NOISE, {"name": earlier.NOISE, "starts": len(samples)})
    for each in samples:
        plans.add(ledger, run, earlier.NOISE, each.position, plain(each))
    if ends:
        runs.finish(ledger, run, {})
    lease.release()
    time.sleep(0.01)
    return name


def test_the_newest_finished_programme_that_measured_is_the_baseline(
    ledger: Ledger, job: Job
) -> None:
    oldest = programme(ledger, job, starts(THEN[:3]))
    newest = programme(ledger, job, starts(THEN))
    programme(ledger, job, ())
    programme(ledger, job, starts([99.0] * 6), ends=False)

    found = earlier.from_ledger(ledger, job, HERE)

    assert found.programme == newest != oldest
    assert [each.measures["green"] for each in found.samples] == list(THEN)
    assert found.samples[0].raw["conditions"]["engine"] == HERE["engine"]
    assert [len(each) for each in found.before] == [3]


def test_a_programme_on_another_machine_is_passed_by(ledger: Ledger, job: Job) -> None:
    alike = programme(ledger, job, starts(THEN))
    programme(ledger, job, starts(THEN, conditions=HERE | {"processors": 64}))

    assert earlier.from_ledger(ledger, job, HERE).programme == alike


def test_where_none_can_be_compared_it_is_said_why_the_newest_cannot(
    ledger: Ledger, job: Job
) -> None:
    none = earlier.from_ledger(ledger, job, HERE)
    programme(ledger, job, starts(THEN, conditions={}))
    silent = earlier.from_ledger(ledger, job, HERE)
    programme(ledger, job, starts(THEN, conditions=HERE | {"engine": "20.10"}))
    other = earlier.from_ledger(ledger, job, HERE)

    assert "no earlier programme" in none.reason
    assert "on which machine" in silent.reason
    assert "20.10" in other.reason
    assert all(known(each.reason) for each in (none, silent, other))
    assert not other.samples


def test_a_bundle_can_be_the_baseline(tmp_path: Path) -> None:
    found = lookback()
    made = closed(performance=record_of(found), evidence=tuple(evidence_of(found)))
    bundles.write(made, tmp_path / "last")

    former = earlier.from_bundle(tmp_path / "last", "compose", HERE)

    assert former.programme == "run-1"
    assert plain(former.samples) == plain(found.now)
    assert "another entry" in earlier.from_bundle(tmp_path / "last", "charts/a", HERE).reason
    elsewhere = earlier.from_bundle(tmp_path / "last", "compose", HERE | {"processors": 64})
    assert "64" in elsewhere.reason
    assert not elsewhere.samples


@pytest.mark.parametrize(
    "document",
    [
        None,
        "{",
        "{}",
        '{"programme": {"id": "a", "entry": "compose"}, "performance": null}',
        json.dumps(
            {"programme": {"id": "a", "entry": "compose"}, "performance": {"now": [{"x": 1}]}}
        ),
        json.dumps({"programme": {"id": "a", "entry": "compose"}, "performance": {"now": []}}),
    ],
    ids=["none", "torn", "empty", "no copy", "not starts", "no starts"],
)
def test_what_is_no_bundle_with_starts_is_said_to_be_none(
    tmp_path: Path, document: str | None
) -> None:
    if document is not None:
        (tmp_path / "bundle.json").write_text(document)

    reason = earlier.from_bundle(tmp_path, "compose", HERE).reason

    assert "no bundle with starts" in reason
    assert known(reason)


def test_starts_without_their_raw_material_are_compared_with_nothing(tmp_path: Path) -> None:
    found = lookback()
    made = closed(performance=record_of(replace(found)), evidence=())
    bundles.write(made, tmp_path / "last")

    assert "on which machine" in earlier.from_bundle(tmp_path / "last", "compose", HERE).reason
