"""A watch of two services under a load, the sizes that follow, and a soak that bore them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tasks.domain.verification.load.latencies import Borne, Shot, summarise
from tasks.domain.verification.sizing import MEBIBYTE, size
from tasks.domain.verification.sizings import Use
from tasks.domain.verification.soaks import Box, Soak, waited

WEB = Use("web", tuple((40 + n % 5) * MEBIBYTE for n in range(150)), (0.2,) * 149 + (0.4,))
DB = Use("db", (100 * MEBIBYTE,) * 150, (0.1,) * 150)


def borne(
    probe: str = "front page", service: str = "web", *, wait: float = 0.02, late: float = 0.0
) -> Borne:
    """Answer a thousand requests, each after ``wait`` seconds."""
    shots = [Shot(n / 10, n / 10 + late, n / 10 + late + wait) for n in range(1000)]
    return Borne(probe, service, summarise(shots))


def box(use: Use, **changes: Any) -> Box:
    """Give a container that has the size which follows from ``use``, and lived."""
    wanted = size(use.memory, use.cores)
    made = Box(
        use.service, wanted.memory_limit, wanted.cpu_limit or 0.0, max(use.memory), 0, 0, 0, 0.01
    )
    return replace(made, **changes)


def soak(*uses: Use, **changes: Any) -> Soak:
    """Give a soak that bore the sizes of ``uses``."""
    told = (waited(borne()),)
    made = Soak(0.25, told, uses, 150.4, tuple(map(box, uses)), told)
    return replace(made, **changes)
