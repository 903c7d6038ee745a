from pathlib import Path

from prefect import flow

from tasks import outcomes
from tasks.domain.settling import CellState, Settled

VALUE = Settled("theory/distributed", CellState.DONE, "key")


def test_an_outcome_is_read_back_as_it_was_kept(prefect: Path) -> None:
    @flow
    def keep_and_fetch() -> bool:
        key = outcomes.keep("theory/distributed", VALUE)
        return outcomes.fetch(key) == VALUE and outcomes.keep("theory/distributed", VALUE) == key

    assert keep_and_fetch()


def test_a_missing_or_torn_outcome_is_no_outcome(prefect: Path) -> None:
    @flow
    def look() -> tuple[bool, bool, bool]:
        key = outcomes.keep("theory/distributed", VALUE)
        whole = outcomes.readable(key)
        path = next(prefect.glob(f"{key}*"))
        path.write_bytes(path.read_bytes()[:40])
        return whole, outcomes.readable(key), outcomes.readable("outcome-never-kept")

    assert look() == (True, False, False)
