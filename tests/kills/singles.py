"""One fault in one run of its own, then ordinary means until it has ended."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.kills import faults
from tests.kills.books import Books, digest_of
from tests.kills.site import PATIENCE_SECONDS, answer

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.kills.nursery import Child
    from tests.kills.points import Trap
    from tests.kills.record import Record
    from tests.kills.site import Site

WAYS = ("the same command", "cmi resume")
# Files that a run has no second copy of.
_TOLD = 300


@dataclass(frozen=True)
class Single:
    """A fault and where it strikes. ``detail`` is a signal, a way of damage, or seconds."""

    fault: str
    trap: Trap
    detail: str
    seed: int
    programme: str

    @property
    def name(self) -> str:
        """Name it, so that an interrupted matrix knows that it was done."""
        return f"{self.programme}: {self.fault} {self.detail} / {self.trap} / {self.seed}"


def go(site: Site, record: Record, single: Single) -> dict[str, Any]:
    """Let ``single`` happen, repair, resume, count."""
    if ended := record.of("end", single.name):
        return ended[-1]
    found = _DOING[single.fault](_Scene(site, record, single))
    return record.add("end", episode=single.name, seed=single.seed, **found)


class _Scene:
    """One run, from its start over the fault to its end."""

    def __init__(self, site: Site, record: Record, single: Single) -> None:
        self.site, self.single = site, single
        self.chance = random.Random(f"{single.seed} {single.name}")
        self.books = Books(site)
        self.whole = record.of("reference", site.programme)[-1]
        self.run = ""
        self.fell = 0.0
        self.live = False
        self.ended_by_itself = False

    def reach(self, alive: Callable[[], bool]) -> bool:
        """Wait until the run walks into the trap; False when it ended before."""
        before = self.site.newest()
        trap = self.site.ambush.wait(alive, PATIENCE_SECONDS)
        if trap is None:
            return False
        if not trap.held:
            took = float(self.whole["took"].get(trap.mark, 0))
            time.sleep(self.chance.uniform(0, 0.6) * took)
        self.run = self.site.newest() or before
        self.live = self.site.stack.alive(self.run) or trap.mark == "lease taken"
        return True

    def arm(self) -> None:
        self.site.ambush.arm([self.single.trap])

    def fallen(self) -> None:
        self.fell = time.time()

    def go_on(self) -> tuple[int, dict[str, Any], str, str]:
        """Give the ordinary command until it is done; say which one it was."""
        way = self.chance.choice(WAYS)
        self.site.forget_nursery()
        words = ["resume", self.run, "--json"] if way == WAYS[1] else self.site.words()
        code, document, said = _answer(self.site.spawn({}, *words))
        self.site.renew()
        return code, document, said, way

    def result(self, code: int, document: dict[str, Any], said: str, way: str) -> dict[str, Any]:
        digest = digest_of(document)
        verdict = self.books.close(self.run, digest, self.whole["digest"])
        if code != 0:
            verdict.faults.append(f"exit {code}: {said[-_TOLD:]}")
        if not self.live:
            verdict.faults.append("the fault hit no live run")
        return {
            "fault": f"{self.single.detail} {self.single.fault}".strip(),
            "trap": str(self.single.trap),
            "run": self.run,
            "live": self.live,
            "way": way,
            "resumed": self._resumed(),
            **verdict.document(),
        }

    def _resumed(self) -> float | None:
        """Say how long after the fault the run's next line came."""
        marks = self.site.ambush.seen(self.run) if self.run else []
        after = [at - self.fell for mark, at in marks if at > self.fell and mark != "run begun"]
        return round(after[0], 2) if after and self.fell else None


def _answer(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any], str]:
    import json  # noqa: PLC0415

    out, err = process.communicate(timeout=2 * PATIENCE_SECONDS)
    return process.returncode, json.loads(out) if out.strip() else {}, err


def _killed(scene: _Scene) -> dict[str, Any]:
    """A process, or all at once, in a run that a worker carries out."""
    site, victim = scene.site, scene.single.fault
    scene.arm()
    follower = site.run("--fresh")
    if not scene.reach(follower.alive):
        site.ambush.release()
        return _missed(scene, follower)
    faults.end([follower.pid], signal.SIGKILL)  # or it would repair before we look
    number = signal.Signals[scene.single.detail]
    scene.live &= faults.strike(site, victim, scene.run, [follower.pid], number)
    scene.fallen()
    if victim in {"everything", "database"} and number == signal.SIGKILL:
        time.sleep(0.3)  # its connections are gone, and so is our gate
    else:
        site.ambush.release()
    scene.books.look(scene.run)
    return scene.result(*scene.go_on())


def _missed(scene: _Scene, child: Child) -> dict[str, Any]:
    code, document, said = answer(child)
    scene.run = str(document.get("run", ""))
    return scene.result(code, document, said, "none: it ended before")


def _torn(scene: _Scene) -> dict[str, Any]:
    """A file that was finished is damaged while nobody works."""
    site = scene.site
    scene.arm()
    child = site.run("--foreground", "--fresh")
    if not scene.reach(child.alive):
        site.ambush.release()
        return _missed(scene, child)
    faults.end([child.pid], signal.SIGKILL)
    while child.alive():
        time.sleep(0.01)
    site.ambush.release()
    scene.fallen()
    scene.books.look(scene.run)
    for path in _finished(scene):
        faults.damage(path, scene.single.detail)
        scene.books.damaged.add(path.name if path.parent.name == "results" else "bundle")
    found = scene.result(*_foreground_again(scene))
    return found | {"damaged": sorted(scene.books.damaged)}


def _finished(scene: _Scene) -> list[Path]:
    """Pick what to damage: the newest result, or the bundle's index once there is one."""
    bundle = scene.site.bundle(scene.run)
    if scene.single.trap.mark.startswith("bundle") and bundle.exists():
        evidence = sorted((bundle / "evidence").glob("*")) or [bundle / "bundle.json"]
        return [scene.chance.choice([*evidence, bundle / "bundle.json"])]
    results = scene.site.results(scene.books.begun)
    folder = scene.site.state / "results"
    return [folder / max(results, key=lambda name: results[name])] if results else []


def _foreground_again(scene: _Scene) -> tuple[int, dict[str, Any], str, str]:
    return (*answer(scene.site.run("--foreground")), "the same command")


def _full(scene: _Scene) -> dict[str, Any]:
    """The disk is full when the next file is written; later there is room again."""
    site = scene.site
    folder = site.state / ("bundles" if scene.single.detail == "bundle" else "results")
    with faults.small_disk(folder) as how:
        if not how:
            return {
                "fault": "disk full",
                "trap": str(scene.single.trap),
                "not_assessed": "no mount",
            }
        scene.arm()
        child = site.run("--foreground", "--fresh")
        if not scene.reach(child.alive):
            site.ambush.release()
            return _missed(scene, child)
        faults.fill(folder)
        scene.fallen()
        site.ambush.release()
        code, document, said = answer(child)
        faults.make_room(folder)
        scene.books.look(scene.run)
        found = scene.result(*_foreground_again(scene))
    found["first"] = {"exit": code, "said": said[-_TOLD:]}
    if "Traceback" in said or (code == 0) == (not document.get("digest")):
        found["faults"].append(f"the full disk ended in exit {code}: {said[-_TOLD:]}")
    return found


def _jumped(scene: _Scene) -> dict[str, Any]:
    """The wall clock of the run's process jumps in the middle of a step."""
    site = scene.site
    clock = faults.Clock(site.work)
    environment = clock.environment()
    if environment is None:
        told = {"fault": "clock jump", "trap": str(scene.single.trap)}
        return told | {"not_assessed": "no C compiler"}
    scene.arm()
    process = site.spawn(environment, *site.words(), "--foreground", "--fresh")
    if not scene.reach(lambda: process.poll() is None):
        site.ambush.release()
        raise TimeoutError("the run ended before its clock could jump")
    clock.set(int(scene.single.detail))
    scene.fallen()
    site.ambush.release()
    return scene.result(*_answer(process), "nothing: it goes on")


_DOING: dict[str, Callable[[_Scene], dict[str, Any]]] = {
    "flow process": _killed,
    "worker": _killed,
    "server": _killed,
    "database": _killed,
    "everything": _killed,
    "damaged file": _torn,
    "disk full": _full,
    "clock jump": _jumped,
}
