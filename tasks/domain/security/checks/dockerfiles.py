"""How images are built here: what goes into them, from where, and how they are started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.security.checks.built import images

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.findings import Judge
    from tasks.domain.platform.containers import Habit, Stage
    from tasks.domain.platform.model import Platform

_LAST_COUNTS = frozenset({"shell-form", "exec-form", "checks-health"})
_FOLDERS = frozenset({"relative-folder", "absolute-folder"})
# Habits that share a check, which then says which of them it met.
_CASES = frozenset({"unverified-add", "plain-download", "ssh-server"})


def in_image(*kinds: str) -> Judge:
    """Make a check for habits that leave something in an image, or lead to its start."""

    def judge(platform: Platform) -> Iterator[Hit]:
        for path, stages in images(platform).items():
            yield from _hits(path, stages, kinds)

    return judge


def anywhere(*kinds: str) -> Judge:
    """Make a check for habits that harm in whatever stage they are."""

    def judge(platform: Platform) -> Iterator[Hit]:
        for path, dockerfile in sorted(platform.dockerfiles.items()):
            yield from _hits(path, dockerfile.stages, kinds)

    return judge


def recommended_packages(platform: Platform) -> Iterator[Hit]:
    """Find packages installed with all that they recommend, unless that is switched off."""
    for path, stages in images(platform).items():
        off = any(each.kind == "recommends-off" for stage in stages for each in stage.habits)
        if not off:
            yield from _hits(path, stages, ("recommends",))


def shell_form(platform: Platform) -> Iterator[Hit]:
    """Find images whose main process is a shell.

    Only what is started counts: the last ENTRYPOINT, and the last CMD where no
    ENTRYPOINT in shell form ignores it. A shell that the Dockerfile chose by
    SHELL was chosen on purpose.
    """
    for path, stages in images(platform).items():
        habits = [each for stage in stages for each in stage.habits]
        if any(each.kind == "own-shell" for each in habits):
            continue
        last = {each.detail: each for each in habits if each.kind in {"shell-form", "exec-form"}}
        started = last.get("ENTRYPOINT") or last.get("CMD")
        if started and started.kind == "shell-form":
            yield _hit(path, started)


def overridden(platform: Platform) -> Iterator[Hit]:
    """Find instructions of which a stage has a later one that counts alone."""
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        for stage in dockerfile.stages:
            last: dict[str, Habit] = {}
            for each in stage.habits:
                if each.kind not in _LAST_COUNTS:
                    continue
                if each.detail in last:
                    yield _hit(path, last[each.detail])
                last[each.detail] = each


def relative_folder(platform: Platform) -> Iterator[Hit]:
    """Find folders whose place the base image decides, because no line before says it."""
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        for stage in dockerfile.stages:
            first = next((h for h in stage.habits if h.kind in _FOLDERS), None)
            if first and first.kind == "relative-folder" and not stage.from_stage:
                yield _hit(path, first)


def repeated_stage(platform: Platform) -> Iterator[Hit]:
    """Find stages that bear the name of an earlier one."""
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        seen: set[str] = set()
        for stage in dockerfile.stages:
            name = stage.name.lower()
            if name and name in seen:
                yield Hit(path, stage.place, stage.path, {"detail": "FROM"})
            seen.add(name)


def lost_failure(platform: Platform) -> Iterator[Hit]:
    """Find pipes of which only the last command's failure counts."""
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        for stage in dockerfile.stages:
            minded = [h.place.line for h in stage.habits if h.kind == "minds-pipes"]
            for each in stage.habits:
                if each.kind == "pipe" and not any(line < each.place.line for line in minded):
                    yield _hit(path, each)


def package_cache(platform: Platform) -> Iterator[Hit]:
    """Find packages whose archives stay in the image, unless a variable forbids it."""
    for path, stages in images(platform).items():
        names = {each.name for stage in stages for each in stage.environment}
        for stage in stages:
            for each in stage.habits:
                off = each.detail in {"pip", "pip3"} and "PIP_NO_CACHE_DIR" in names
                if each.kind == "cache-kept" and not off:
                    yield _hit(path, each)


def copied_before_install(platform: Platform) -> Iterator[Hit]:
    """Find stages that copy the whole source before they install what seldom changes."""
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        for stage in dockerfile.stages:
            kinds = [each.kind for each in stage.habits]
            if "copies-all" in kinds and "installs" in kinds[kinds.index("copies-all") :]:
                yield _hit(path, stage.habits[kinds.index("copies-all")])


def _hits(path: str, stages: tuple[Stage, ...], kinds: tuple[str, ...]) -> Iterator[Hit]:
    for stage in stages:
        for each in stage.habits:
            if each.kind in kinds:
                yield _hit(path, each)


def _hit(path: str, habit: Habit) -> Hit:
    facts = {"detail": habit.detail}
    if habit.kind in _CASES:
        facts["case"] = habit.kind
    return Hit(path, habit.place, habit.path, facts)
