"""Where each cell of a run stands: finished on what there is now, stale, or still open.

The same digests decide here and in the wrapper that passes finished cells by, so what an
impact report calls valid is exactly what does not run again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks import outcomes
from tasks.domain.canonical import digest
from tasks.domain.impact import CellStanding, Standing
from tasks.domain.settling import ancestors
from tasks.resume import code_digest
from tasks.tools.ledger import cells

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from prefect import Flow

    from tasks.domain.runs import Job
    from tasks.tools.ledger.cells import Completion
    from tasks.tools.ledger.database import Ledger

# The cell that hands over: its bundle says what was left out, and who decided it.
CLOSING = "optimise/training"
# What needs a copy of the platform on an engine, and nothing else.
LIVE = (
    "build/baseline",
    "verify/performance",
    "verify/acceptance",
    "optimise/performance",
    "optimise/deploy",
)
# What does more where there is a copy.
_MORE_LIVE = "verify/integration"
# Said of a cell that nobody asked for: it is never counted as done.
NOT_ASKED = "`--live` was not asked for"
_UNKNOWN = "not finished"


def left_out(job: Job) -> dict[str, str]:
    """List the cells that this run leaves out, and why: not asked for, or by a decision."""
    return ({} if job.live else dict.fromkeys(LIVE, NOT_ASKED)) | dict(job.left)


def inputs_parts(
    flow: Flow[..., Any], cell: str, job: Job, given: Mapping[str, str], earlier: Collection[str]
) -> dict[str, Any]:
    """List everything that a cell's outcome depends on; a failed need counts as failed."""
    parts: dict[str, Any] = {
        "cell": cell,
        "code": code_digest(flow.fn.__module__),
        "content": job.content,
        "entry": job.entry,
        "quick": job.quick,
        "out": job.out,
        "salt": job.run.salt,
        "given": {name: given.get(name, "failed") for name in earlier},
    }
    if cell in LIVE or (job.live and cell == _MORE_LIVE):
        parts["live"] = job.run.batch  # what was measured holds within a batch
    if cell == CLOSING and (job.left or job.decided):
        parts["decisions"] = [dict(job.left), job.decided]
    return parts


def standings(
    ledger: Ledger, job: Job, flows: Mapping[str, Flow[..., Any]]
) -> tuple[CellStanding, ...]:
    """Compare what each cell finished on with what it would be made from now.

    ``flows`` are those of the built cells. What a stale cell would hand on is not known
    before it ran; whoever stands on it is stale as far as anybody can say now.
    """
    done = cells.completions(ledger, job.run.id)
    given: dict[str, str] = {}
    found: list[CellStanding] = []
    for cell, flow in flows.items():
        earlier = ancestors(flows, cell)
        parts = inputs_parts(flow, cell, job, given, earlier)
        parts["given"] |= {name: _UNKNOWN for name in earlier if name not in given}
        one = _standing(cell, parts, done.get(cell))
        if one.standing is Standing.VALID:
            given[cell] = done[cell].outcome
        found.append(_priced(ledger, job, one, done.get(cell)))
    return tuple(found)


def _standing(cell: str, parts: Mapping[str, Any], done: Completion | None) -> CellStanding:
    if done is None:
        return CellStanding(cell, Standing.OPEN)
    if done.inputs == digest(parts):
        if outcomes.readable(done.outcome):
            return CellStanding(cell, Standing.VALID)
        return CellStanding(cell, Standing.STALE, ("outcome",))
    former = done.parts or {}
    changed = tuple(sorted(name for name in parts if former.get(name) != parts[name]))
    return CellStanding(cell, Standing.STALE, changed)


def _priced(ledger: Ledger, job: Job, one: CellStanding, done: Completion | None) -> CellStanding:
    """Say what the cell took: in this run, else on this platform before."""
    if done is not None and done.seconds is not None:
        return one.priced(done.seconds, done.cpu_seconds or 0.0)
    before = cells.measured(ledger, job.run.platform, one.cell)
    if not before:
        return one
    middle = sorted(before)[len(before) // 2]
    return one.priced(*middle)
