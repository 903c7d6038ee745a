"""Kills while a copy is brought up and taken away, counted by the engine's own events.

    python -m tests.kills.copies PLACE PLATFORM

carries the effect out as a programme does: owned by a lease, written down in the ledger first.
Somebody else listens to the engine, kills it at its nth event, and then uses ordinary means.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil

from tasks.domain.runs import Run
from tasks.strays import remove_copy, strays
from tasks.tools.engine import Engine, connected
from tasks.tools.ledger import effects
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import Lease, holder
from tasks.tools.live import objects
from tasks.tools.live.copying import prepare, project_of
from tasks.tools.live.standing import Standing
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parents[2]
WAYS = ("the same command", "the sweep")
_KINDS = ("container", "network", "volume")
# What a look at a container brings about is no change of the copy.
_LOOKS = ("exec_", "health_status", "top", "resize", "attach")
_MANNER = timedelta(seconds=5)
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Event:
    """Something that the engine did to an object of the copy."""

    kind: str
    action: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind} {self.action}"


@dataclass
class Outcome:
    """What a kill at one event left, after ordinary means."""

    nth: int
    at: str
    live: bool
    way: str
    left: dict[str, int]
    twice: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Say what is not as it should be."""
        told = {
            "objects on the engine": sum(self.left.values()),
            "made twice in one life": len(self.twice),
            "made and never removed": len(self.kept),
            "orphan processes": len(self.orphans),
        }
        return [f"{number} {what}" for what, number in told.items() if number] + (
            [] if self.live else ["it hit nobody"]
        )


def work(place: str, platform: str) -> None:
    """Bring the copy up and take it away, as an effect of a run that owns the platform."""
    ledger = Ledger.here()
    lease = Lease.take(ledger, platform, "run-of-copies", _MANNER)
    run = Run(lease.run, lease.platform, lease.epoch, "night")
    with connected() as engine:
        standing = Standing(engine, prepare(engine, place, "compose.yaml", run.id, platform))
        effects.ensure(ledger, run, standing)
        effects.undo(ledger, run, standing)
    lease.release()


class Copies:
    """One platform whose copy is brought up again and again."""

    def __init__(self, engine: Engine, place: Path, platform: str) -> None:
        self._engine, self._place, self._platform = engine, place, platform
        self.project = project_of(platform)

    def whole(self) -> list[Event]:
        """Let it happen without a kill; the events are the points of the others."""
        with _Listening(self._engine, self.project) as heard:
            process = self._begin()
            assert process.wait(_PATIENCE_SECONDS) == 0
            return heard.all()

    def struck(self, nth: int, way: str) -> Outcome:
        """Kill at the nth event, go on by ``way``, and count what is there and what happened."""
        with _Listening(self._engine, self.project) as heard:
            process = self._begin()
            at = heard.nth(nth, lambda: process.poll() is None)
            live = process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait(_PATIENCE_SECONDS)
            if way == WAYS[0]:
                assert self._begin().wait(_PATIENCE_SECONDS) == 0
            else:
                self._sweep()
            events = heard.all()
        left = objects.counts(self._engine, self.project)
        twice, kept = _lives(events)
        return Outcome(nth, str(at), live, way, left, twice, kept, self._orphans())

    def _begin(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "tests.kills.copies", str(self._place), self._platform]
        return subprocess.Popen(words, cwd=CHECKOUT, env=os.environ | {"PYTHONPATH": str(CHECKOUT)})

    def _sweep(self) -> None:
        """Do what the sweep does about copies, once the owner's death is known."""
        ledger = Ledger.here()
        deadline = time.monotonic() + _MANNER.total_seconds()
        while (owner := holder(ledger, self._platform)) and owner.alive:
            assert time.monotonic() < deadline, "the dead owner still holds its lock"
            time.sleep(0.1)
        for project in strays(ledger):
            if project == self.project:
                remove_copy(project)

    def _orphans(self) -> list[int]:
        found = psutil.process_iter(["cmdline"])
        return [p.pid for p in found if self.project in " ".join(p.info["cmdline"] or ())]

    def folders(self) -> list[str]:
        """List what is on the disk for it."""
        return [each.name for each in (state_folder() / "copies").glob(f"{self.project}*")]


class _Listening:
    """The engine's events about one copy, from now on."""

    def __init__(self, engine: Engine, project: str) -> None:
        self._address, self._project = engine.address, project
        self._queue: queue.Queue[Event] = queue.Queue()
        self._seen: list[Event] = []

    def __enter__(self) -> Self:
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(ready,), daemon=True).start()
        assert ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def _listen(self, ready: threading.Event) -> None:
        with connected(self._address, timeout=int(_PATIENCE_SECONDS)) as engine:
            self._stream = engine.client.events(decode=True, since=int(time.time()))
            ready.set()
            for told in self._stream:
                if event := self._mine(told):
                    self._queue.put(event)

    def _mine(self, told: dict[str, Any]) -> Event | None:
        kind, action, actor = told["Type"], told["Action"], told["Actor"]
        named = actor.get("Attributes", {})
        if kind not in _KINDS or action.startswith(_LOOKS):
            return None
        name = actor["ID"] if kind == "volume" else named.get("name", "")
        # An unnamed volume is known by the container that it is mounted into; it goes with that.
        return Event(kind, action, actor["ID"]) if name.startswith(self._project) else None

    def nth(self, number: int, alive: Any) -> Event | None:
        """Wait for the nth event; none when it ended before."""
        while len(self._seen) < number:
            try:
                self._seen.append(self._queue.get(timeout=0.2))
            except queue.Empty:
                if not alive():
                    return None
        return self._seen[-1]

    def all(self) -> list[Event]:
        """Give everything that was heard, once nothing more comes."""
        while True:
            try:
                self._seen.append(self._queue.get(timeout=1.0))
            except queue.Empty:
                return self._seen


def _lives(events: list[Event]) -> tuple[list[str], list[str]]:
    """Name the objects that were made while they were there, and those that stayed."""
    there: Counter[str] = Counter()
    twice = []
    for each in events:
        if each.action == "create":
            there[each.key] += 1
            if there[each.key] > 1:
                twice.append(each.key)
        elif each.action == "destroy":
            there[each.key] = 0
    return twice, [key for key, number in there.items() if number]


def points(total: int, number: int, seed: int) -> Iterator[tuple[int, str]]:
    """Pick so many of the events, spread over all of them, each with its way to go on."""
    for each in range(number):
        nth = (seed + each * max(1, total // number)) % total + 1
        yield nth, WAYS[(seed + each) % 2]


if __name__ == "__main__":
    work(*sys.argv[1:])
