"""`cmi status`: services, runs, disk, and what is wrong."""

from __future__ import annotations

from deployments.cli.options import AsJson  # noqa: TC001  # cyclopts reads it at run time
from deployments.cli.output import emit_json
from deployments.local.speech import answer, say
from deployments.local.status import look
from tasks.domain.exits import Exit

GROUPS = {
    "running": {"Running", "Cancelling"},
    "waiting": {"Scheduled", "Late", "AwaitingRetry", "Pending", "Paused", "Suspended", "Resuming"},
    "failed": {"Failed", "Crashed", "TimedOut"},
}


def status(*, as_json: AsJson = False) -> int:
    """Show services with address, version, health and memory; runs; disk; what is wrong."""
    found = look()
    if as_json:
        emit_json(found.document())
        return Exit.DONE
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
    for group, states in GROUPS.items():
        runs = [run for run in found.runs if run.state in states]
        answer(f"{group}: {len(runs)}")
        for run in runs:
            answer(f"  {run.id}  {run.state:<14} {run.platform or ''}")
    answer(f"disk: {found.disk_bytes / 1e6:.0f} MB")
    for trouble in found.troubles:
        say(trouble)
    return Exit.DONE
