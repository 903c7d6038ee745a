"""What a copy is asked for with, and the marks by which everything of it is found again."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from math import inf

from tasks.domain.settings import Settings

EGRESS = "cmi-egress"
LABEL = "io.cmi.copy"
RUN_LABEL = "io.cmi.run"
PLATFORM_LABEL = "io.cmi.platform"


@dataclass(frozen=True, slots=True)
class Request:
    """How a copy is to be made. ``root``: of the source; ``folder``: where files are copied."""

    project: str
    run: str
    platform: str
    root: str
    folder: str
    seed: bytes = field(repr=False)
    settings: Settings = field(default_factory=Settings)
    memory: int = 2 << 30  # bytes that a service without a limit may take
    cores: float = inf  # of this machine: an engine refuses a limit beyond them
    images: Mapping[str, str] = field(default_factory=dict)  # by service: what was built for it
    lacking: Mapping[str, str] = field(default_factory=dict)  # by service: why it has no image


def labels(request: Request) -> dict[str, str]:
    """Give the labels by which everything of a copy is found again."""
    return {
        LABEL: request.project,
        RUN_LABEL: request.run,
        PLATFORM_LABEL: request.platform,
    }
