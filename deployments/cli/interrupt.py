"""`cmi interrupt`: stop a programme between two steps, so that somebody decides how to go on."""

from __future__ import annotations

import getpass
from typing import Annotated

from cyclopts import Parameter

from deployments.cli.options import AsJson  # noqa: TC001  # cyclopts reads it at run time
from deployments.cli.output import emit_json, say
from deployments.cli.run import use_stack
from tasks.domain.exits import Exit
from tasks.domain.interruptions import Kind  # noqa: TC001  # as above
from tasks.domain.version import VERSION


def interrupt(
    run: Annotated[str, Parameter(help="Id of the run; default: the newest unfinished.")] = "",
    *,
    kind: Annotated[Kind, Parameter(help="Which of the eight reasons it is.")],
    reason: Annotated[str, Parameter(help="What happened; whoever decides reads it.")],
    by: Annotated[str, Parameter(help="Who says so; default: your login.")] = "",
    as_json: AsJson = False,
) -> int:
    """Stop a programme before its next step; it asks how to go on."""
    use_stack()
    from tasks.domain.runs import RunState  # noqa: PLC0415  # database drivers take a while
    from tasks.raising import by_hand  # noqa: PLC0415
    from tasks.tools.ledger import runs  # noqa: PLC0415
    from tasks.tools.ledger.database import Ledger  # noqa: PLC0415

    ledger = Ledger.here()
    if not run and (newest := runs.newest(ledger, state=RunState.OPEN)) is not None:
        run = newest.id
    stopped = by_hand(ledger, kind, reason, run, (by or getpass.getuser(), "command"))
    if as_json:
        done = {"code": int(Exit.DONE), "reasons": []}
        emit_json({"version": VERSION, "runs": stopped, "kind": kind.value, "exit": done})
    for each in stopped:
        say(f"Run {each} stops before its next step, at most one step from now, and asks.")
    return Exit.DONE
