"""Under which conditions a start is measured: only like is compared with like."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.experiments.plans import PROTOCOL
from tasks.tools.live import objects
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from tasks.tools.engine import Engine

_PROCESSORS = Path("/proc/cpuinfo")
_MODEL = "model name"


def conditions(engine: Engine, project: str = "", processors: Path = _PROCESSORS) -> dict[str, Any]:
    """Name protocol, engine and machine, and of the copy ``project`` each service's image."""
    found: dict[str, Any] = {
        "protocol": PROTOCOL,
        "engine": engine.version,
        "processor": _model(processors),
        "processors": os.cpu_count() or 1,
    }
    if project:
        boxes = objects.containers(engine, project)
        images = {(each["Labels"].get(SERVICE_LABEL, ""), each["ImageID"]) for each in boxes}
        found["images"] = dict(sorted(images))
    return found


def _model(processors: Path) -> str:
    """Give the processor's name; where the kernel has none, its architecture."""
    try:
        lines = processors.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith(_MODEL))
    return next(names, "") or platform.machine()
