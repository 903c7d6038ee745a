"""The entrance of the `cmi` command: while it still loads, Ctrl-C simply ends it."""

from __future__ import annotations

import signal


def main() -> None:
    """Load the command, then run it; from there on an interrupt is answered in words."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from deployments.cli.main import main as run  # noqa: PLC0415  # what takes its time

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
