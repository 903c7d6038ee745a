"""The intake: the first step of every run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.platform.sources import Source
from tasks.steps import derivation
from tasks.tools import platforms
from tasks.tools.snapshots import reopen

if TYPE_CHECKING:
    from tasks.domain.platform.intake import Intake
    from tasks.domain.runs import Run


@derivation("read the platform", "kubectl", "helm")
def read_platform(run: Run, source: str, entry: str, content: str) -> Intake:
    """Read the platform. The files' bytes stay out of the result: they hold secrets."""
    found = platforms.look(reopen(source, content), entry)
    return replace(found, source=Source(found.source.name, {}))
