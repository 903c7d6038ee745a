"""`cmi status`: services, runs, disk, and what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from deployments.cli.options import AsJson  # noqa: TC001  # cyclopts reads it at run time
from deployments.cli.output import emit_json
from deployments.local.speech import answer, say
from deployments.local.stack import Stack
from deployments.local.status import Status, look
from tasks.domain.exits import Exit

GROUPS = {
    "running": {"Running", "Cancelling"},
    "waiting": {"Scheduled", "Late", "AwaitingRetry", "Pending", "Paused", "Suspended", "Resuming"},
    "failed": {"Failed", "Crashed", "TimedOut"},
}


def _waiting() -> list[dict[str, Any]]:
    """List the questions that wait for an answer; nothing when the ledger does not answer."""
    stack = Stack.read()
    if stack is None:
        return []
    from tasks.tools.ledger import decisions  # noqa: PLC0415  # database drivers take a while
    from tasks.tools.ledger.database import Ledger, LedgerUnreachableError  # noqa: PLC0415

    try:
        found = decisions.waiting(Ledger(stack.ledger_url, timedelta(0)))
    except LedgerUnreachableError:
        return []
    return [
        {
            "run": each.run,
            "gate": each.gate,
            "asked_at": each.asked_at,
            "reasons": [f"{t['kind']}: {t['reason']}" for t in each.question["triggers"]],
            "command": f"cmi decide {each.run}",
        }
        for each in found
    ]


def _tell_services(found: Status) -> None:
    if found.api_url is None:
        answer("The stack was never started here: ./start-project.sh starts it.")
    elif not found.services:
        answer("The stack is stopped: ./start-project.sh starts it again.")
    for service, healthy, memory_bytes in found.services:
        state = "healthy" if healthy else "NOT HEALTHY"
        answer(
            f"{service.name:<9} {service.version:<8} {state:<12} {memory_bytes >> 20:>5} MiB  "
            f"process {service.process.pid:<8} {service.address}"
        )


def _tell_waiting(waiting: list[dict[str, Any]]) -> None:
    if waiting:
        answer(f"waiting for a decision: {len(waiting)}")
    for each in waiting:
        answer(f"  {each['run']}  {'; '.join(each['reasons'])}")
        answer(f"    {each['command']}")


def status(*, as_json: AsJson = False) -> int:
    """Show services with address, version, health and memory; runs; disk; what is wrong."""
    found = look()
    waiting = _waiting() if any(healthy for _, healthy, _ in found.services) else []
    if as_json:
        emit_json(found.document() | {"waiting": waiting})
        return Exit.DONE
    _tell_services(found)
    for group, states in GROUPS.items():
        runs = [run for run in found.runs if run.state in states]
        answer(f"{group}: {len(runs)}")
        for run in runs:
            answer(f"  {run.id}  {run.state:<14} {run.platform or ''}")
    _tell_waiting(waiting)
    answer(f"disk: {found.disk_bytes / 1e6:.0f} MB")
    for trouble in found.troubles:
        say(trouble)
    return Exit.DONE
