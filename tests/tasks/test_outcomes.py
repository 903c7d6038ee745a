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


def test_a_torn_outcome_is_stored_again_and_a_whole_one_is_left_alone(prefect: Path) -> None:
    @flow
    def keep_again() -> tuple[bool, bool]:
        key = outcomes.keep("theory/distributed", VALUE)
        path = next(prefect.glob(f"{key}*"))
        whole = path.stat().st_mtime_ns
        outcomes.keep("theory/distributed", VALUE)
        untouched = path.stat().st_mtime_ns == whole
        path.write_bytes(b"")  # as another run leaves it for a moment that stores the same
        outcomes.keep("theory/distributed", VALUE)
        return untouched, outcomes.readable(key)

    assert keep_again() == (True, True)
