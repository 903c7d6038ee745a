from dataclasses import replace

import pytest

from tasks.domain.runs import Run, RunState
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import Ledger, StaleLeaseError
from tasks.tools.ledger.runs import RunRecord


def _record(run: str, platform: str, salt: str = "") -> RunRecord:
    return RunRecord(run, platform, "night", salt, "/shop", "compose", {"quick": True})


def test_a_run_begun_twice_keeps_the_salt_and_parameters_of_the_first_time(
    ledger: Ledger, platform: str
) -> None:
    first = runs.begin(ledger, _record(f"a-{platform}", platform, "salt"))
    again = runs.begin(ledger, replace(_record(f"a-{platform}", platform), parameters={}))

    assert again == first
    assert again.salt == "salt"


def test_the_newest_run_of_a_platform_is_found_by_batch_and_state(
    ledger: Ledger, platform: str
) -> None:
    runs.begin(ledger, _record(f"a-{platform}", platform))
    newer = runs.begin(ledger, _record(f"b-{platform}", platform))

    assert runs.newest(ledger, platform) == newer
    assert runs.newest(ledger, platform, batch="another") is None
    assert runs.newest(ledger, platform, state=RunState.FINISHED) is None


def test_a_run_is_finished_when_its_outcome_is_committed(ledger: Ledger, run: Run) -> None:
    runs.begin(ledger, _record(run.id, run.platform))
    runs.note(ledger, run, {"why": "killed"})
    runs.finish(ledger, run, {"digest": "d"})
    runs.note(ledger, run, {"why": "too late to say so"})

    found = runs.find(ledger, run.id)
    assert found is not None
    assert (found.state, found.outcome) == (RunState.FINISHED, {"digest": "d"})


def test_a_run_is_found_by_the_flow_run_that_carries_it(ledger: Ledger, platform: str) -> None:
    runs.begin(ledger, _record(f"a-{platform}", platform))
    runs.submitted(ledger, f"a-{platform}", f"flow-{platform}")

    found = runs.find(ledger, f"flow-{platform}")
    assert found is not None
    assert found.id == f"a-{platform}"


def test_finished_programmes_before_a_time_are_found_newest_first(ledger: Ledger, run: Run) -> None:
    runs.begin(ledger, _record(run.id, run.platform))
    runs.begin(ledger, _record(f"open-{run.platform}", run.platform))
    runs.finish(ledger, run, {"digest": "d"})
    later, long_ago = "2999-01-01T00:00:00+00:00", "2001-01-01T00:00:00+00:00"

    found = runs.finished_before(ledger, run.platform, "this one", later)

    assert [each.id for each in found] == [run.id]
    assert runs.finished_before(ledger, run.platform, run.id, later) == []
    assert runs.finished_before(ledger, run.platform, "this one", long_ago) == []
    assert runs.finished_before(ledger, "another", "this one", later) == []


def test_a_writer_that_was_overtaken_leaves_no_word_on_the_run(ledger: Ledger, run: Run) -> None:
    runs.begin(ledger, _record(run.id, run.platform))
    runs.note(ledger, run, {"why": "ours"})

    with pytest.raises(StaleLeaseError):
        runs.note(ledger, replace(run, epoch=run.epoch - 1), {"why": "a stale writer's"})

    found = runs.find(ledger, run.id)
    assert found is not None
    assert found.outcome == {"why": "ours"}
