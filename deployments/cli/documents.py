"""The JSON document of `cmi check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployments.cli.waivers import record
from tasks.domain.reporting import records
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.streaming import Rows
from tasks.domain.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployments.cli.findings import Outcome
    from tasks.domain.candidates import Candidate
    from tasks.domain.exits import Exit


def checked(
    outcome: Outcome, candidates: Sequence[Candidate], ending: tuple[Exit, tuple[str, ...]]
) -> records.Record:
    """Give everything that was found, and how the command ends."""
    entry = outcome.entry
    return {
        "version": VERSION,
        "source": outcome.source,
        "entry": entry and {"id": entry.id, "kind": entry.kind.value, "paths": list(entry.paths)},
        "findings": Rows(outcome.shown, lambda each: records.finding(each, finding_texts(each))),
        "candidates": Rows(candidates, lambda each: records.candidate(each, candidate_texts(each))),
        "unread": Rows(outcome.unread, records.unread),
        "not_assessed": Rows(outcome.not_assessed, records.not_assessed),
        "waivers": record(outcome.waived),
        "left_out": _left_out(outcome),
        "exit": {"code": int(ending[0]), "reasons": list(ending[1])},
    }


def _left_out(outcome: Outcome) -> records.Record:
    """Record what was found and is not listed, because only news were asked for."""
    changed = outcome.changed
    return {
        "known": outcome.skipped,
        "gone": outcome.gone,
        "since": changed and changed.since,
        "changed_files": list(changed.files) if changed else None,
        "elsewhere": changed.left_out if changed else 0,
    }
