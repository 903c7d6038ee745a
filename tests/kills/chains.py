"""One programme, killed at every point in turn; and the uninterrupted run to compare with."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING, Any

from tests.kills import faults
from tests.kills.books import Books, digest_of
from tests.kills.site import PATIENCE_SECONDS, answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.kills.nursery import Child
    from tests.kills.points import Trap
    from tests.kills.record import Record
    from tests.kills.site import Site

# Strike within this share of the time that a step took in the uninterrupted run.
_INTO = 0.6
_TOLD = 300


def reference(site: Site, record: Record) -> dict[str, Any]:
    """Run once without interruption: its digest, its marks, and how long each step took."""
    if known := record.of("reference", site.programme):
        return known[-1]
    code, document, said = answer(site.run("--foreground", "--fresh"))
    assert code == 0, said
    seen = site.ambush.seen(document["run"])
    times = dict(reversed([(mark, at) for mark, at in seen]))
    took = {
        mark: times[end] - at
        for mark, at in times.items()
        if (end := mark.removesuffix("started") + "committed") in times and mark.endswith("started")
    }
    return record.add(
        "reference",
        episode=site.programme,
        run=document["run"],
        digest=digest_of(document),
        marks=[mark for mark, _ in seen],
        took=took,
        whole=seen[-1][1] - seen[0][1],
    )


class Chain:
    """One run that is struck at each of its traps, and goes on by ordinary means each time.

    In the foreground the run is the command's own process, and the same command resumes it. In a
    worker, whoever follows the run repairs the stack and takes the run up again by himself.
    """

    def __init__(
        self, site: Site, record: Record, name: str, strikes: Sequence[str], *, worker: bool = False
    ) -> None:
        self._site = site
        self._record = record
        self._name = name
        self._strikes = [strike.split(" ", 1) for strike in strikes]  # "SIGKILL server"
        self._mode = () if worker else ("--foreground",)
        self._books = Books(site)
        self._fell = 0.0
        self._struck = False

    def go(
        self, traps: Sequence[Trap], seed: int, stop: Callable[[], bool] = lambda: False
    ) -> dict[str, Any] | None:
        """Go through ``traps``; None when ``stop`` said so before the end."""
        if ended := self._record.of("end", self._name):
            return ended[-1]
        whole = self._record.of("reference", self._site.programme)[-1]
        rows = self._record.of("kill", self._name)
        run = str(rows[-1]["run"]) if rows else ""
        self._books.begun = float(rows[0]["at"]) - 60 if rows else time.time()
        left = [t for t in traps if str(t) not in {row["trap"] for row in rows}]
        number = len(rows)
        child: Child | None = None
        while not stop():
            self._site.ambush.arm(left)
            if child is None or not child.alive():
                self._struck = False
                child = self._site.run(*self._mode, *([] if run else ["--fresh"]))
            trap = self._site.ambush.wait(child.alive, PATIENCE_SECONDS)
            if trap is None:
                self._site.ambush.release()
                if not self._goes_on(child, run):
                    return self._end(child, whole, seed, left)
                continue
            if not trap.held:
                chance = random.Random(f"{seed} {self._name} {trap}")
                time.sleep(chance.uniform(0, _INTO) * float(whole["took"].get(trap.mark, 0)))
            run = run or self._site.newest()
            self._strike(child, run, trap, (seed, number))
            left.remove(trap)
            number += 1
        return None

    def _goes_on(self, child: Child, run: str) -> bool:
        """Tell whether a command that ended needs its repetition, because of what befell it."""
        code, _, said = answer(child)
        if code == 0 or not self._struck or self._site.stack.record(run).state == "finished":
            return False
        self._record.add("stopped", episode=self._name, run=run, code=code, said=said[-_TOLD:])
        return True

    def _strike(self, child: Child, run: str, trap: Trap, seed: tuple[int, int]) -> None:
        signal_name, victim = self._strikes[seed[1] % len(self._strikes)]
        resumed, live = self._resumed(run), child.alive()
        mine = [child.pid] if self._mode or victim == "everything" else []
        number = signal.Signals[signal_name]
        hit = faults.strike(self._site, victim, run, mine, number)
        self._fell, self._struck = time.time(), True
        self._after(child, victim, mine, gone=number == signal.SIGKILL)
        self._books.look(run)
        self._record.add(
            "kill",
            episode=self._name,
            trap=str(trap),
            fault=f"{signal_name} {victim}",
            run=run,
            seed=seed[0],
            at=self._fell,
            live=live and hit,
            resumed=resumed,
        )

    def _after(self, child: Child, victim: str, mine: list[int], *, gone: bool) -> None:
        """Let those go on who were held back, and repair what a follower would not.

        A database that is ``gone`` took our gate along; one that was asked to end waits for us.
        """
        site = self._site
        if victim in {"flow process", "everything"} and mine:
            while child.alive():
                time.sleep(0.005)
        if victim not in {"everything", "database"} or not gone:
            site.ambush.release()
        if victim != "flow process":
            if not child.alive() or self._mode:
                site.wait_closed(victim)
                site.start()  # as ./start-project.sh does
            else:
                site.wait_repaired()
            site.forget_nursery()

    def _resumed(self, run: str) -> float | None:
        """Say how long after the kill before this one the run owned its platform again."""
        taken = [at for mark, at in self._site.ambush.seen(run) if mark == "lease taken"]
        after = [at - self._fell for at in taken if self._fell and at > self._fell]
        return round(after[0], 2) if after else None

    def _end(
        self, child: Child, whole: dict[str, Any], seed: int, left: Sequence[Trap]
    ) -> dict[str, Any]:
        code, document, said = answer(child)
        run = str(document.get("run", ""))
        verdict = self._books.close(run, digest_of(document), whole["digest"])
        if code != 0:
            verdict.faults.append(f"exit {code}: {said[-300:]}")
        return self._record.add(
            "end",
            episode=self._name,
            run=run,
            seed=seed,
            resumed=self._resumed(run),
            missed=[str(trap) for trap in left],
            **verdict.document(),
        )
