"""Ambushes in the ledger: from outside, by triggers that a harness adds to the database.

The product knows nothing of it. A line whose mark is armed is held back: its writer waits for
a lock that the harness holds, and is killed there. A line that was committed is told by NOTIFY.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from tasks.tools.ledger.tables import CELLS, EFFECTS, LEASES, RUNS, SCHEMA, STEPS
from tests.kills.points import Trap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Numbers of advisory locks of two halves; the product's own locks have one.
GATE, WAITING = 4711, 4712
LOOK_SECONDS = 0.004
_KINDS = {
    "step": (STEPS, "INSERT"),
    "effect": (EFFECTS, "INSERT OR UPDATE"),
    "cell": (CELLS, "INSERT OR UPDATE"),
    "run": (RUNS, "INSERT OR UPDATE"),
    "lease": (LEASES, "INSERT OR UPDATE"),
}
_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS kills;
CREATE TABLE IF NOT EXISTS kills.seen (
  id bigserial PRIMARY KEY, run text, mark text, at timestamptz DEFAULT clock_timestamp());
CREATE TABLE IF NOT EXISTS kills.armed (mark text PRIMARY KEY);
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION kills.pass() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  kind text := TG_ARGV[0]; new_row jsonb := to_jsonb(NEW); old_row jsonb; passed text; nth int := 1;
  run text;
BEGIN
  IF TG_OP = 'UPDATE' THEN old_row := to_jsonb(OLD); END IF;
  run := coalesce(new_row->>'run', new_row->>'id');
  IF kind = 'step' THEN
    IF new_row->>'key' LIKE (new_row->>'step') || '-%' THEN
      SELECT 1 + count(DISTINCT s.key) INTO nth FROM {schema}.steps s
       WHERE s.run = new_row->>'run' AND s.step = new_row->>'step' AND s.event = 'started'
         AND s.key <> new_row->>'key' AND s.at < coalesce(
           (SELECT min(f.at) FROM {schema}.steps f
             WHERE f.run = new_row->>'run' AND f.key = new_row->>'key'), 'infinity');
    END IF;
    passed := format('%s %s %s', new_row->>'step', nth, new_row->>'event');
  ELSIF kind = 'effect' THEN passed := format('%s %s', new_row->>'kind', new_row->>'state');
  ELSIF kind = 'cell' THEN passed := format('cell %s completed', new_row->>'cell');
  ELSIF kind = 'run' THEN
    IF TG_OP = 'INSERT' THEN passed := 'run begun';
    ELSIF new_row->>'state' <> old_row->>'state' THEN
      passed := format('run %s', new_row->>'state');
    END IF;
  ELSIF TG_OP = 'INSERT' OR new_row->>'epoch' <> old_row->>'epoch' THEN passed := 'lease taken';
  END IF;
  IF TG_WHEN = 'BEFORE' THEN
    IF passed IS NOT NULL AND EXISTS (SELECT 1 FROM kills.armed a WHERE a.mark = passed) THEN
      PERFORM pg_advisory_xact_lock({waiting}, hashtext(passed));
      PERFORM pg_advisory_xact_lock_shared({gate}, 0);
    END IF;
    RETURN NEW;
  END IF;
  IF passed IS NOT NULL THEN
    INSERT INTO kills.seen (run, mark) VALUES (run, passed);
    PERFORM pg_notify('kills', passed);
  END IF;
  RETURN NULL;
END $body$;
"""


class Ambush:
    """The traps in one ledger."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://")
        self._watch = self._gate = self._connect()
        self._armed: set[Trap] = set()
        self.reconnect()

    def _connect(self) -> psycopg.Connection[tuple[str, ...]]:
        return psycopg.connect(self._url, autocommit=True)

    def reconnect(self) -> None:
        """Begin anew: the database may have been killed since."""
        for each in (self._watch, self._gate):
            with suppress(psycopg.Error):
                each.close()
        self._watch, self._gate = self._connect(), self._connect()
        self._watch.execute("LISTEN kills")

    def install(self) -> None:
        """Put the triggers in; doing it again changes nothing."""
        self._watch.execute(_SCHEMA)
        told = {"schema": SCHEMA, "gate": GATE, "waiting": WAITING}
        function = _FUNCTION
        for name, value in told.items():
            function = function.replace("{" + name + "}", str(value))
        self._watch.execute(function)
        for kind, (table, events) in _KINDS.items():
            for when in ("BEFORE", "AFTER"):
                # A line that is there already comes as INSERT first and then as UPDATE.
                on = "INSERT" if when == "BEFORE" and kind != "run" else events
                self._watch.execute(
                    f"CREATE OR REPLACE TRIGGER kills_{when.lower()} {when} {on}"
                    f" ON {SCHEMA}.{table.name} FOR EACH ROW"
                    f" EXECUTE FUNCTION kills.pass('{kind}')"
                )

    def arm(self, traps: Iterable[Trap]) -> None:
        """Lie in wait at ``traps``, and at no others."""
        self._armed = set(traps)
        self._gate.execute("SELECT pg_advisory_lock(%s, 0)", (GATE,))
        with self._watch.transaction():
            self._watch.execute("DELETE FROM kills.armed")
            with self._watch.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO kills.armed VALUES (%s)",
                    [(trap.mark,) for trap in self._armed if trap.held],
                )
        list(self._watch.notifies(timeout=0))  # what was told before is nobody's trap

    def release(self) -> None:
        """Let everybody go on who is held back."""
        self._gate.execute("SELECT pg_advisory_unlock_all()")

    def wait(self, alive: Callable[[], bool], seconds: float) -> Trap | None:
        """Return the first trap that somebody walks into; None when nobody is left to do so."""
        deadline = time.monotonic() + seconds
        while alive():
            for told in self._watch.notifies(timeout=LOOK_SECONDS, stop_after=1):
                if (trap := Trap(told.payload, held=False)) in self._armed:
                    return trap
            if (held := self._held()) is not None:
                return held
            if time.monotonic() > deadline:
                what = f"nobody came by within {seconds:.0f} s"
                raise TimeoutError(what)
        return None

    def _held(self) -> Trap | None:
        row = self._watch.execute(
            "SELECT a.mark FROM kills.armed a JOIN pg_locks l ON l.locktype = 'advisory'"
            " AND l.granted AND l.classid = %s"
            " AND l.objid::bigint = (hashtext(a.mark)::bigint & 4294967295) LIMIT 1",
            (WAITING,),
        ).fetchone()
        return Trap(str(row[0]), held=True) if row else None

    def seen(self, run: str) -> list[tuple[str, float]]:
        """List the marks of a run in their order, each with its time."""
        rows = self._watch.execute(
            "SELECT mark, extract(epoch FROM at)::float8 FROM kills.seen"
            " WHERE run = %s ORDER BY id",
            (run,),
        )
        return [(str(row[0]), float(row[1])) for row in rows]

    def close(self) -> None:
        """Leave without a trace; nobody stays held back."""
        with suppress(psycopg.Error):
            self._watch.execute("DROP SCHEMA IF EXISTS kills CASCADE")  # the triggers go with it
        for each in (self._watch, self._gate):
            with suppress(psycopg.Error):
                each.close()
