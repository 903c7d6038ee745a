"""Owning a platform for the length of a run: identity, run record, lease."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.platform.entries import discover
from tasks.domain.runs import Job, Placement, Run, platform_identity
from tasks.tools.ledger import decisions, runs
from tasks.tools.ledger.leases import HeldError, Lease
from tasks.tools.ledger.runs import RunRecord
from tasks.tools.opening import open_source
from tasks.tools.platforms import pick
from tasks.tools.sources import SourceError
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.tools.ledger.database import Ledger

# A run's former process may still be dying, or not know yet that it is lost.
FORMER_SELF = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked for. ``run`` names the run to go on with; empty begins one.

    ``lang`` is the language of what Prefect shows; a bundle speaks all languages.
    """

    platform: str
    entry: str = ""
    batch: str = ""
    run: str = ""
    recompute: bool = False
    quick: bool = False
    out: str = ""
    lang: str = "en"
    cells: Placement = "inline"
    phase: str = ""  # of a phase alone; empty: the whole programme
    live: bool = False  # measure a copy; what it may do stands in cmi.yaml


@dataclass(frozen=True, slots=True)
class Identity:
    """Which platform that is: where, which entry, and the digest of its files."""

    platform: str
    source: str
    entry: str
    content: str


def identify(platform: str, entry: str) -> Identity:
    """Look at the source just closely enough to tell which platform it is.

    Raises:
        SourceError: there is nothing to read, or nothing that defines a platform.
        EntryMissingError: it has no such entry.
    """
    source = open_source([platform])
    chosen = pick(discover(source), entry or None)
    if chosen is None:
        what = f"No platform definition found in {platform}."
        raise SourceError(what, "`cmi intake` lists what was looked at.", Exit.NO_PLATFORM)
    content = source.digest(source.files)
    identity = platform_identity(source.place, chosen.id)
    return Identity(identity, source.place, chosen.id, content)


def open_run(ledger: Ledger, request: Request, identity: Identity, flow_run: str) -> RunRecord:
    """Find the run to go on with, or begin a new one; a retried flow run finds its own."""
    known = runs.find(ledger, request.run or flow_run) if request.run or flow_run else None
    run = known.id if known else request.run or flow_run
    record = runs.begin(
        ledger,
        RunRecord(
            id=run,
            platform=identity.platform,
            batch=request.batch or run,
            salt=run if request.recompute else "",
            source=identity.source,
            entry=identity.entry,
            parameters=asdict(request),
            flow_run=flow_run,
        ),
    )
    if flow_run and record.flow_run != flow_run:
        runs.submitted(ledger, run, flow_run)
    return record


@contextmanager
def owned(ledger: Ledger, request: Request, flow_run: str) -> Iterator[Job]:
    """Own the platform of ``request`` while a run works on it, and while it waits for an answer.

    Raises:
        HeldError: another run owns it; a run that was only just begun is withdrawn.
    """
    identity = identify(request.platform, request.entry)
    record = open_run(ledger, request, identity, flow_run)
    try:
        lease = Lease.take(ledger, record.platform, record.id, FORMER_SELF)
    except HeldError:
        runs.withdraw(ledger, record.id)
        raise
    try:
        run = Run(record.id, record.platform, lease.epoch, record.batch, record.salt)
        out = str(bundle_folder(record, request.out))
        quick, begun = request.quick, runs.begun(ledger, record.id)
        job = Job(run, identity.source, identity.entry, identity.content, quick, out, begun)
        yield replace(job, live=request.live)
    finally:
        lease.release(suspend=bool(decisions.waiting(ledger, record.id)))


def bundle_folder(record: RunRecord, asked: str) -> Path:
    """Choose where a run's bundle goes: where it was asked for first, else into our state."""
    out = asked or str(record.parameters.get("out") or "")
    return Path(out).absolute() if out else state_folder() / "bundles" / record.id
