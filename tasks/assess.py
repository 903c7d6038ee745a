"""Assessing: what is wrong with a platform, and which of it an owner accepted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.waivers import apply_waivers
from tasks.steps import derivation
from tasks.tools.opening import paths_of
from tasks.tools.settings import settings_of
from tasks.tools.snapshots import reopen

if TYPE_CHECKING:
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Platform
    from tasks.domain.runs import Run


@derivation("assess the platform")
def assess_platform(run: Run, platform: Platform) -> tuple[Finding, ...]:
    """Find what is wrong, worst first."""
    return assess(platform)


@derivation("apply waivers of {today}")
def waive(
    run: Run, findings: tuple[Finding, ...], source: str, content: str, today: str
) -> tuple[Finding, ...]:
    """Mark what an owner accepted in ``cmi.yaml``; a waiver holds until its day."""
    settings, _ = settings_of(reopen(source, content), paths_of([source]))
    return apply_waivers(findings, settings.waivers, dt.date.fromisoformat(today)).findings
