"""Interrupt: raise a trigger by hand, as a deployment in Prefect's pages or by an event."""

from __future__ import annotations

from prefect import flow, get_run_logger

from tasks import access
from tasks.domain.interruptions import Kind  # noqa: TC001  # Prefect reads it at run time
from tasks.raising import by_hand


@flow(name="interrupt", flow_run_name="interrupt: {kind}")
def interrupt(
    kind: Kind, reason: str, run: str = "", raised_by: str = "", source: str = "deployment"
) -> list[str]:
    """Stop a programme between two steps and let it ask somebody how to go on.

    Args:
        kind: Which of the eight reasons it is.
        reason: What happened, in your words; whoever decides reads it.
        run: Id of the run; empty: every programme that has not finished.
        raised_by: Who says so.
        source: How this came here; leave it as it is.
    """
    stopped = by_hand(access.find_ledger(), kind, reason, run, (raised_by, source))
    get_run_logger().info("Interrupted: %s", ", ".join(stopped))
    return stopped
