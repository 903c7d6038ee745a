"""Watching: what a run takes and what becomes of this machine, looked at while it works.

A thread of its own looks every few seconds and raises triggers in the ledger; the run
stops at its next boundary between steps, as for a trigger from anybody else.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.tables import control_editions, deprecations
from tasks.domain import signals
from tasks.domain.deprecations import applying
from tasks.domain.impact import Standing
from tasks.domain.interruptions import STOPPED
from tasks.domain.platform.model import NotAssessed
from tasks.tools import host
from tasks.tools.command import find_program
from tasks.tools.errors import TemporaryToolError, ToolError
from tasks.tools.ledger import attempts, cells, triggers
from tasks.tools.ledger.attempts import Spent
from tasks.tools.ledger.cells import CellEvent
from tasks.tools.settings import settings_beside
from tasks.tools.state import work_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tasks.domain.impact import CellStanding
    from tasks.domain.interruptions import Trigger
    from tasks.domain.platform.model import Platform
    from tasks.domain.runs import Job
    from tasks.domain.settings import Settings
    from tasks.tools.ledger.database import Ledger

LOOK_EVERY = 2.0
# Adding up what files take walks a folder: every few looks are enough.
_SIZE_EVERY = 5
_ENDED = {CellEvent.FINISHED, CellEvent.PASSED, CellEvent.FAILED}


def ground(code: Mapping[str, str]) -> dict[str, Any]:
    """Say what an attempt stands on; ``code`` is the digest of each cell's code."""
    return {
        "code": dict(code),
        "controls": dict(control_editions()),
        "deprecations": sorted(deprecations()),
    }


@contextmanager
def watching(
    ledger: Ledger,
    job: Job,
    plan: Sequence[CellStanding],
    needs: Mapping[str, Sequence[str]],
    ground: Mapping[str, Any],
) -> Iterator[Watch]:
    """Look at costs and machine while the run works.

    ``needs`` are those of the built cells, ``ground`` is what this attempt stands on.
    """
    watch = Watch(ledger, job, plan, needs)
    watch.ground = ground
    watch.look()
    watch.start()
    try:
        yield watch
    finally:
        watch.ended.set()
        watch.join()
        watch.note()


class Watch(threading.Thread):
    """Looks until ``ended`` is set. What it cannot look at it leaves to the next look."""

    def __init__(
        self,
        ledger: Ledger,
        job: Job,
        plan: Sequence[CellStanding],
        needs: Mapping[str, Sequence[str]],
    ) -> None:
        super().__init__(name=f"watch {job.run.id}", daemon=True)
        self.ended = threading.Event()
        self.ground: Mapping[str, Any] = {}
        self._ledger, self._job, self._needs = ledger.impatient(), job, needs
        self._plan = {each.cell: each for each in plan}
        self._settings: Settings = settings_beside([Path(job.source)])[0]
        self._begun, self._cpu = time.monotonic(), _processor()
        self._place = work_folder(Path(job.out))
        self._size = self._now_size = host.size(self._place)
        self._looks = 0
        # A run that was stopped for good only hands over what there is; nobody is asked again.
        self._closes = any(STOPPED in why for why in job.left.values())
        former = attempts.former(ledger, job.run.platform, job.run.id)
        self._former_bytes = former.bytes if former else 0

    def run(self) -> None:
        """Look again and again."""
        while not self.ended.wait(LOOK_EVERY):
            self.look()

    def look(self) -> None:
        """Write down what was spent, and raise what is wrong, unless the run is being closed."""
        self.note()
        if self._closes:
            return
        try:
            for each in self._wrong():
                triggers.raise_trigger(self._ledger, self._job.run.id, each)
        except TemporaryToolError:
            return  # the ledger is away; the next look has the same to say
        except ToolError:
            self.ended.set()  # the platform is another's, or the run has finished

    def note(self) -> None:
        """Write down what was spent so far."""
        with suppress(ToolError):  # away, or not ours any more: the run itself will say so
            attempts.note(self._ledger, self._job.run, self._spent(), self.ground)

    def _spent(self) -> Spent:
        self._looks += 1
        if self._looks % _SIZE_EVERY == 0 or self.ended.is_set():
            self._now_size = host.size(self._place)
        grown = max(0, self._now_size - self._size)
        return Spent(time.monotonic() - self._begun, _processor() - self._cpu, grown)

    def _wrong(self) -> Iterator[Trigger]:
        free = {"disk": host.disk(self._place).free, "memory": host.memory().free}
        yield from signals.resources(free, self._settings.reserves)
        done = cells.completions(self._ledger, self._job.run.id).values()
        used: dict[str, list[str]] = {}
        for each in done:
            for program in each.programs or {}:
                used.setdefault(program, []).append(each.cell)
        missing = [name for name in used if find_program(name) is None]
        yield from signals.vanished(used, missing)
        if self._settings.budgets:
            total = attempts.spent(self._ledger, self._job.run.id)
            spent = {
                "wall-time": total.seconds,
                "cpu-time": total.cpu_seconds,
                "disk": float(total.bytes),
            }
            rest = self._rest() | {"disk": max(0.0, self._former_bytes - total.bytes)}
            yield from signals.costs(spent, rest, self._settings.budgets, self._settings.prices)

    def _rest(self) -> dict[str, float]:
        """Forecast at least what is still to come, from measured durations."""
        run = self._job.run
        settled = {
            each.cell
            for each in cells.events(self._ledger, run.id)
            if each.epoch == run.epoch and each.event in _ENDED
        }
        open_ones = [
            each
            for name, each in self._plan.items()
            if each.standing is not Standing.VALID and name not in {*settled, *self._job.left}
        ]
        seconds = {each.cell: each.seconds or 0.0 for each in open_ones}
        return {
            "wall-time": signals.longest(seconds, self._needs),
            "cpu-time": sum(each.cpu_seconds or 0.0 for each in open_ones),
        }


def _processor() -> float:
    """Return the seconds of a processor that this process and its ended children took."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def look_for_news(ledger: Ledger, job: Job, platform: Platform, now: Mapping[str, Any]) -> None:
    """Raise what became known since the run began: editions of controls, deprecations."""
    earlier = [each for each in attempts.grounds(ledger, job.run.id) if each]
    first = earlier[0] if earlier else now
    found = list(signals.editions(first["controls"], now["controls"]))
    if set(now["deprecations"]) - set(first["deprecations"]):
        found += signals.news(first["deprecations"], applying(platform))
    for each in found:
        triggers.raise_trigger(ledger, job.run.id, each)


def not_watched(source: str, *, live: bool) -> tuple[NotAssessed, ...]:
    """List the reasons to stop that nobody watches for here; without ``live``, no copy's starts."""
    found = [
        NotAssessed(
            "interruption by a vulnerability",
            "no feed of vulnerabilities is watched yet",
            "Raise it by hand: `cmi interrupt --kind vulnerability`.",
        ),
    ]
    if not live:
        what, why = "interruption by performance", "no copy was started"
        how = "`cmi run --live` compares starts with an earlier programme's."
        found.append(NotAssessed(what, why, how))
    settings, _ = settings_beside([Path(source)])
    if signals.unpriced(settings.budgets, settings.prices):
        why = "`cmi.yaml` names no price"
        how = "Add `prices` with `hour` or `cpu-hour`."
        found.append(NotAssessed("the budget of money", why, how))
    return tuple(found)
