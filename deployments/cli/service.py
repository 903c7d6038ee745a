"""`cmi service install`: let systemd keep the stack running, also after a reboot."""

from __future__ import annotations

import os
import sys
from typing import Annotated

from cyclopts import Parameter

from deployments.cli.output import say, write
from deployments.local import units
from deployments.local.layout import Layout
from tasks.domain.exits import Exit


def install(
    *,
    system: Annotated[
        bool | None,
        Parameter(
            name="--system",
            negative="--user",
            help="For the machine, or for your own sessions. Default: machine for root, else own.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, Parameter(name="--dry-run", negative=(), help="Print the unit, change nothing.")
    ] = False,
) -> int:
    """Write a systemd unit for this checkout, enable and start it."""
    unit = units.describe(Layout.find(), system=os.geteuid() == 0 if system is None else system)
    if dry_run:
        write(unit.text, sys.stdout)
        say(f"Would be written to {unit.path}.")
        return Exit.DONE
    if not units.verify(unit):
        say("systemd-analyze is not here, so systemd reads the unit for the first time now.")
    units.install(unit)
    say(f"Installed {unit.path}; `{' '.join(unit.control)} status {unit.path.name}` shows it.")
    if not unit.system:
        say("To keep it running while you are logged out: `loginctl enable-linger`.")
    return Exit.DONE
