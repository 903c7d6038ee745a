"""Images of Python programs that compile their modules anew whenever they are started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.platform.containers import LengthClass
from tasks.domain.platform.dockerfile_bytecode import STARTS, is_python
from tasks.domain.security.checks.built import lineages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Habit, Stage, Variable
    from tasks.domain.platform.model import Platform

_SWITCH = "PYTHONDONTWRITEBYTECODE"
_LEAVING = frozenset({"packages-not-compiled", "byte-code-removed"})


def missing(platform: Platform) -> Iterator[Hit]:
    """Find where an image that runs Python is left without byte-code on purpose.

    Packages: pip was told not to compile, or what was compiled is removed, and nothing compiles
    them later. Sources: nothing compiles what is copied, and no process may write byte-code. The
    variable alone does not keep pip from compiling packages.
    """
    for path, images in lineages(platform).items():
        found: dict[str, Hit] = {}
        for stages in images:
            if _runs_python(stages):
                found |= {f"{hit.facts['case']} {hit.path}": hit for hit in _hits(path, stages)}
        yield from found.values()


def _hits(path: str, stages: tuple[Stage, ...]) -> Iterator[Hit]:
    habits = [each for stage in stages for each in stage.habits]
    compiled = _last(habits, "compiles", "packages")
    for each in habits:
        if each.kind in _LEAVING and each.place.line > compiled:
            facts = {"case": each.kind, "detail": each.detail}
            yield Hit(path, each.place, each.path, facts)
    switch = _switch(stages[-1])
    if switch and _last(habits, "copies-sources") > _last(habits, "compiles", "sources"):
        facts = {"case": "never-written", "detail": "ENV"}
        yield Hit(path, switch.place, switch.path, facts)


def _switch(stage: Stage) -> Variable | None:
    """Give the line that keeps processes of the image from writing byte-code."""
    lines = [v for v in stage.environment if v.name == _SWITCH and ".env." in v.path]
    return lines[-1] if lines and lines[-1].features.length is not LengthClass.EMPTY else None


def _last(habits: list[Habit], kind: str, detail: str = "") -> int:
    return max((h.place.line for h in habits if (h.kind, h.detail) == (kind, detail)), default=0)


def _runs_python(stages: tuple[Stage, ...]) -> bool:
    """Tell whether Python is started; where a script is, the base image says what it is for."""
    started = {h.detail: h.kind for stage in stages for h in stage.habits if h.kind in STARTS}
    if "starts-python" in started.values():
        return True
    return "starts-other" not in started.values() and is_python(stages[0].base.value)
