"""`cmi resume`: go on with an interrupted run, or follow one that works."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from deployments.cli.concluding import conclude
from deployments.cli.options import AsJson, FailOn  # noqa: TC001  # cyclopts reads them at run time
from deployments.cli.output import say
from deployments.cli.run import use_stack, watch
from tasks.domain.exits import Exit
from tasks.domain.runs import RunState
from tasks.tools.errors import PermanentToolError


class NothingToResumeError(PermanentToolError):
    """There is no such run, or none that is unfinished."""

    exit = Exit.USAGE


def resume(
    run: Annotated[str, Parameter(help="Id of the run; default: the newest unfinished.")] = "",
    *,
    as_json: AsJson = False,
    fail_on: FailOn = "none",
) -> int:
    """Go on with an interrupted programme."""
    stack = use_stack()
    from deployments.cli.submitting import stands_still, take_up  # noqa: PLC0415  # Prefect takes a second
    from tasks.ownership import identify  # noqa: PLC0415
    from tasks.tools.ledger import decisions, runs  # noqa: PLC0415
    from tasks.tools.ledger.database import Ledger  # noqa: PLC0415
    from tasks.tools.ledger.leases import HeldError, holder  # noqa: PLC0415

    ledger = Ledger.here()
    record = runs.find(ledger, run) if run else runs.newest(ledger, state=RunState.OPEN)
    if record is None:
        what = f"There is no run {run}." if run else "No run is unfinished."
        raise NothingToResumeError(what, "`cmi run PATH` begins one; `cmi status` lists them.")
    if record.state is not RunState.FINISHED:
        owner = holder(ledger, record.platform)
        if owner is not None and owner.alive and owner.run != record.id:
            what = f"Run {owner.run} holds this platform."
            raise HeldError(what, "Wait until it has ended.", owner.run)
        if (asked := decisions.waiting(ledger, record.id)) and stands_still(record):
            raise decisions.needed(asked[0])
        if owner is None or not owner.alive:
            identify(record.source, record.entry)  # it may be gone; nothing begins for nothing
        say(f"Run {record.id} (batch {record.batch}): resume.")
        record = watch(ledger, take_up(ledger, record))
    return conclude(record, stack.ui_url, as_json=as_json, fail_on=fail_on)
