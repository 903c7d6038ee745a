"""The systemd unit that keeps the stack running and brings it back after a reboot."""

from __future__ import annotations

import os
import pwd
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.errors import StackError
from tasks.tools import command
from tasks.tools.errors import ToolError

if TYPE_CHECKING:
    from deployments.local.layout import Layout

_TIMEOUT = timedelta(seconds=60)
_UNIT = """\
[Unit]
Description=Prefect stack of container-microservices-improvement
After=network.target

[Service]
Type=exec
{user}WorkingDirectory={folder}
Environment={state}
ExecStart={python} -m deployments.local keep
ExecStop={python} -m deployments.local cleanup
Restart=always
RestartSec=10
TimeoutStartSec=5min
TimeoutStopSec=2min
UMask=0077

[Install]
WantedBy={target}
"""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit file: its name, where it goes and what it says."""

    path: Path
    text: str
    system: bool

    @property
    def control(self) -> tuple[str, ...]:
        """How systemd is addressed for it."""
        return ("systemctl",) if self.system else ("systemctl", "--user")


def describe(layout: Layout, *, system: bool) -> Unit:
    """Write the unit for this checkout.

    A system unit runs as the owner of the checkout, never as root without need: the worker
    executes what its server tells it.
    """
    name = f"cmi-{layout.mark}.service"
    home = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    folder = Path("/etc/systemd/system") if system else home / "systemd/user"
    owner = pwd.getpwuid(layout.checkout.stat().st_uid).pw_name
    text = _UNIT.format(
        user=f"User={owner}\n" if system else "",
        folder=_escaped(layout.checkout),
        state=_quoted(f"CMI_STATE={layout.state}"),
        python=_quoted(str(layout.checkout / ".venv/bin/python")),
        target="multi-user.target" if system else "default.target",
    )
    return Unit(folder / name, text, system)


def verify(unit: Unit) -> bool:
    """Let systemd itself read the unit; return False where there is no systemd to ask.

    Raises:
        StackError: systemd finds fault with it.
    """
    if command.find_program("systemd-analyze") is None:
        return False
    with tempfile.TemporaryDirectory(prefix="cmi-unit-") as folder:
        path = Path(folder) / unit.path.name
        path.write_text(unit.text, encoding="utf-8")
        scope = "--system" if unit.system else "--user"
        done = command.run(
            *("systemd-analyze", scope, "--man=no", "verify", str(path)),
            timeout=_TIMEOUT,
            env=command.base_environment(XDG_RUNTIME_DIR=folder),
            check=False,
        )
    complaints = [line for line in done.stderr.splitlines() if unit.path.name in line]
    if done.exit_code or complaints:
        what = "systemd refuses the unit: " + " ".join(complaints or done.stderr.splitlines())
        raise StackError(what, "Run ./start-project.sh once, so that everything it names is there.")
    return True


def install(unit: Unit) -> None:
    """Write the unit, enable and start it.

    Raises:
        StackError: it cannot be written or started here.
    """
    try:
        unit.path.parent.mkdir(parents=True, exist_ok=True)
        unit.path.write_text(unit.text, encoding="utf-8")
        for arguments in (("daemon-reload",), ("enable", "--now", unit.path.name)):
            command.run(*unit.control, *arguments, timeout=_TIMEOUT, env=dict(os.environ))
    except (ToolError, OSError) as error:
        what = f"The unit {unit.path} cannot be installed: {error}"
        raise StackError(what, "Is systemd running, and may you write there (`sudo`)?") from error


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


def _quoted(value: str) -> str:
    escaped = _escaped(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
