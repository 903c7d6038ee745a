"""What nobody works on any more is closed; what a live process works on is left alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from prefect import flow, get_client, task
from prefect.states import Completed, Pending, Running

from tasks.sweep import Zombie, close, zombies
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.runs import RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@flow
def programme() -> None: ...


@flow
def others() -> None: ...


@task
def step() -> None: ...


@dataclass
class Family:
    """A run in Prefect: its root, and the rows below it."""

    ledger: Ledger
    what: Any = programme
    root: UUID = field(init=False)
    platform: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        with get_client(sync_client=True) as client:
            self.root = client.create_flow_run(self.what, state=Running()).id
        name = str(self.root)
        record = RunRecord(name, self.platform, name, "", "/shop", "compose", flow_run=name)
        runs.begin(self.ledger, record)

    def task(self, state: Any = None, flow_run: UUID | None = None) -> str:
        with get_client(sync_client=True) as client:
            made = client.create_task_run(
                step, flow_run or self.root, uuid.uuid4().hex, state=state or Running()
            )
        return str(made.id)

    def child(self) -> str:
        with get_client(sync_client=True) as client:
            made = client.create_flow_run(
                others, parent_task_run_id=UUID(self.task(Completed())), state=Running()
            )
        return str(made.id)

    def take(self) -> Lease:
        return Lease.take(self.ledger, self.platform, str(self.root))

    def found(self, known: set[str]) -> dict[str, Zombie]:
        """Return those zombies that are among ``known``: the server is shared with others."""
        listed = {each.task_run or each.flow_run: each for each in zombies(self.ledger)}
        return {name: each for name, each in listed.items() if name in known}


@pytest.fixture
def ledger(prefect: Path, ledger_url: str) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.engine.dispose()


def test_whatever_belongs_to_a_live_run_is_left_alone(ledger: Ledger) -> None:
    family = Family(ledger)
    lease = family.take()
    child = family.child()
    rows = {str(family.root), child, family.task(), family.task(Pending())}
    rows.add(family.task(flow_run=UUID(child)))

    assert family.found(rows) == {}
    lease.release()
    assert set(family.found(rows)) == rows  # the very same rows, once nobody holds the lease


def test_a_live_run_loses_only_what_its_earlier_attempt_left(ledger: Ledger) -> None:
    family = Family(ledger)
    family.take().release()
    earlier = {family.child(), family.task()}
    lease = family.take()
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(family.root, Running(), force=True)
    present = {str(family.root), family.child(), family.task()}

    assert set(family.found(earlier | present)) == earlier
    lease.release()


def test_closing_is_complete_and_repeating_it_finds_nothing(ledger: Ledger) -> None:
    family = Family(ledger)
    family.take().release()
    rows = {str(family.root), family.child(), *(family.task() for _ in range(201))}
    found = family.found(rows)

    assert set(found) == rows  # more than the server returns at once
    assert list(found)[-1] == str(family.root)  # or it would be resumed while we still close
    for each in found.values():
        assert close(each)
    assert family.found(rows) == {}


def test_what_an_ended_run_left_open_is_closed(ledger: Ledger) -> None:
    family = Family(ledger)
    rows = {family.child(), family.task()}
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(family.root, Completed(), force=True)

    found = family.found(rows)

    assert set(found) == rows
    assert all(close(each) for each in found.values())
    assert family.found(rows) == {}


def test_a_run_that_moved_since_it_was_seen_is_not_closed(ledger: Ledger) -> None:
    family = Family(ledger)
    family.take().release()
    seen = family.found({str(family.root)})[str(family.root)]
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(family.root, Running(), force=True)

    assert not close(seen)


def test_other_peoples_runs_and_a_run_that_only_just_started_are_left_alone(
    ledger: Ledger,
) -> None:
    foreign = Family(ledger, others)
    young = Family(ledger)

    assert foreign.found({str(foreign.root), foreign.task(), str(young.root)}) == {}
