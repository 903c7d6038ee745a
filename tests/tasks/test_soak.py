from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.domain.candidates import Candidate
from tasks.domain.outcomes import Measured
from tasks.domain.runs import Run
from tasks.domain.verification.soaks import WAIT_MARGIN, Soak, waited
from tests.soaked import DB, WEB, borne, box, soak

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("sqlalchemy", reason="the ledger is not installed here")
FIT = Candidate("fit-size-1", "fit-size", ("size-unfitted-1", "no-cpu-limit-1"), "web", ())
OTHER = Candidate("logs-1", "bound-logs", ("f3",), "db", ())
MEASURED = Measured(uses=(WEB, DB), borne=(borne(),))


@pytest.fixture(name="run")
def a_run(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    from tasks.tools.ledger.database import URL_VARIABLE, Ledger  # noqa: PLC0415  # it needs its library
    from tasks.tools.ledger.leases import Lease  # noqa: PLC0415  # as above

    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    lease = Lease.take(Ledger(ledger_url), uuid.uuid4().hex[:16], uuid.uuid4().hex)
    yield Run(lease.run, lease.platform, lease.epoch, "night")
    lease.release()


def test_a_soak_is_planned_for_the_services_whose_size_is_fitted() -> None:
    from tasks.soak import planned  # noqa: PLC0415  # it needs the ledger's library

    plan = planned((FIT, OTHER), MEASURED, {"latency-p99": 0.1})
    usual = planned((FIT,), MEASURED, {})

    assert plan == Soak(0.1, (waited(borne()),), (WEB,))
    assert usual is not None
    assert usual.margin == WAIT_MARGIN
    assert planned((OTHER,), MEASURED, {}) is None


def test_a_soak_that_was_committed_is_not_carried_out_again(run: Run) -> None:
    from tasks.soak import soaked  # noqa: PLC0415  # as above

    plan, found = Soak(0.25, (waited(borne()),), (WEB,)), soak(WEB, boxes=(box(WEB, killed=1),))
    taken: list[Soak] = []

    def take(wanted: Soak) -> Soak:
        taken.append(wanted)
        return found

    def killed(_: Soak) -> Soak:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        soaked(run, ["b", "a"], plan, killed)
    first = soaked(run, ["b", "a"], plan, take)
    again = soaked(run, ["a", "b"], plan, take)

    assert first == again == found
    assert taken == [plan]
    assert soaked(run, ["a"], None, take) is None


def test_another_plan_of_the_same_set_is_refused(run: Run) -> None:
    from tasks.soak import soaked  # noqa: PLC0415  # as above
    from tasks.tools.ledger.plans import PlanChangedError  # noqa: PLC0415  # as above

    plan = Soak(0.25, (waited(borne()),), (WEB,))
    soaked(run, ["a"], plan, lambda _: soak(WEB))
    with pytest.raises(PlanChangedError):
        soaked(run, ["a"], replace(plan, margin=9.0), lambda _: soak(WEB))


def test_who_was_asked_to_stop_begins_no_soak(run: Run) -> None:
    from tasks import interruption  # noqa: PLC0415  # as above
    from tasks.soak import soaked  # noqa: PLC0415  # as above

    interruption.ask()
    try:
        with pytest.raises(interruption.InterruptionError):
            soaked(run, ["a"], Soak(0.25, (), (WEB,)), lambda _: soak(WEB))
    finally:
        interruption.forget()
