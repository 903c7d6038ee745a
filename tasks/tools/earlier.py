"""Starts of an earlier programme: the ledger keeps them, and so does a bundle that is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.experiments.judgement import sample_of
from tasks.domain.verification.regressions.records import former_of
from tasks.domain.verification.regressions.watches import (
    MOST_FORMERS,
    Former,
    conditions,
    differing,
)
from tasks.tools import bundles
from tasks.tools.errors import ToolError
from tasks.tools.ledger import plans, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tasks.domain.runs import Job
    from tasks.domain.verification.experiments.judgement import Sample
    from tasks.tools.ledger.database import Ledger

NOISE = "noise"  # the plan of the starts of the platform as it is
_NONE = "no earlier programme of this platform measured its starts"
_UNKNOWN = "the earlier programme does not say on which machine it measured"


def from_ledger(ledger: Ledger, job: Job, here: Mapping[str, Any]) -> Former:
    """Give the starts of the newest finished programme that measured under conditions as ``here``.

    And of those before it, so that it is known how much they differ by themselves. Where none
    did, it is said why the newest cannot be compared.
    """
    alike: list[tuple[str, tuple[Sample, ...]]] = []
    reason = ""
    for record in runs.finished_before(ledger, job.run.platform, job.run.id, job.begun):
        samples = tuple(sample_of(each) for each in plans.samples(ledger, record.id, NOISE))
        if not samples:
            continue
        if why := _obstacle(conditions(samples[0]), here):
            reason = reason or why
        elif len(alike) < MOST_FORMERS:
            alike.append((record.id, samples))
    if not alike:
        return Former(reason=reason or _NONE)
    (newest, then), *before = alike
    return Former(newest, then, before=tuple(each for _, each in before))


def from_bundle(folder: Path, entry: str, here: Mapping[str, Any]) -> Former:
    """Give the starts of the programme whose bundle ``folder`` is, or say why not."""
    try:
        bundle = bundles.read(folder)
        raws = {name: raw for name, raw in _raws(bundle.files) if isinstance(raw, dict)}
        former, of = former_of(bundle.document, raws), bundle.document["programme"]["entry"]
    except (ToolError, OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return Former(reason=f"{folder} is no bundle with starts that this version can read")
    if of != entry:
        return Former(reason=f"the bundle {folder} is of another entry, {of}")
    if not former.samples:
        return Former(reason=f"{folder} is no bundle with starts that this version can read")
    why = _obstacle(conditions(former.samples[0]), here)
    return Former(reason=why) if why else former


def _obstacle(old: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    return next(differing(old, here), "") if old else _UNKNOWN


def _raws(files: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    """Read what evidence is JSON, by its digest."""
    for path, data in files.items():
        if path.startswith("evidence/") and path.endswith(".json"):
            yield path.removeprefix("evidence/").removesuffix(".json"), json.loads(data)
