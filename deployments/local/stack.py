"""The running stack, as its record file tells: address, secret, processes.

Other commands read it here; it imports neither Prefect nor a database driver.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from deployments.local.errors import NewerStateError, StackError
from deployments.local.layout import Layout
from tasks.tools.processes import Process

# Raised when an older version could not read what we write.
STATE_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Service:
    """One long-lived program of the stack."""

    name: str
    process: Process
    address: str
    version: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that was started. Whether it still lives, its services' processes say."""

    api_url: str
    auth_string: str = field(repr=False)
    ledger_url: str = field(repr=False)
    services: tuple[Service, ...] = ()
    registered: str = ""
    libraries: str = ""  # what the services run with, as `fingerprint.of_libraries` tells it

    @classmethod
    def read(cls, layout: Layout | None = None) -> Stack | None:
        """Read the stack of this checkout; None when it was never started.

        Raises:
            NewerStateError: a newer version of this project wrote it.
            StackError: the file is damaged.
        """
        layout = layout or Layout.find()
        try:
            text = layout.record.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            return _parse(json.loads(text), layout)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"{layout.record} is damaged."
            remedy = "`./start-project.sh cleanup` stops what still runs; then start again."
            raise StackError(what, remedy) from error

    def write(self, layout: Layout) -> None:
        """Replace the record file at once, so that a kill leaves the old or the new one."""
        document = {"format": STATE_FORMAT} | asdict(self)
        descriptor, name = tempfile.mkstemp(prefix=".stack-", dir=layout.state)  # mode 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(layout.record)

    @property
    def port(self) -> int:
        """The port of the Prefect server."""
        return int(self.ui_url.rpartition(":")[2])

    @property
    def ui_url(self) -> str:
        """Where a browser finds the server."""
        return self.api_url.removesuffix("/api")

    def service(self, name: str) -> Service | None:
        """Find a service by name."""
        return next((service for service in self.services if service.name == name), None)

    def with_service(self, service: Service) -> Stack:
        """Return this stack with ``service`` instead of the one of its name."""
        others = tuple(other for other in self.services if other.name != service.name)
        return replace(self, services=(*others, service))

    @property
    def running(self) -> bool:
        """True when every service's process lives, and none of them was just killed."""
        return bool(self.services) and all(
            service.process.alive and not service.process.doomed for service in self.services
        )

    def environment(self, layout: Layout | None = None) -> dict[str, str]:
        """Return the variables that make a process a client of this stack."""
        layout = layout or Layout.find()
        programs = str(Path(sys.executable).parent)
        path = os.environ.get("PATH", os.defpath).split(os.pathsep)
        return {
            "PREFECT_API_URL": self.api_url,
            "PREFECT_API_AUTH_STRING": self.auth_string,
            "PREFECT_HOME": str(layout.prefect_home),
            "PREFECT_LOCAL_STORAGE_PATH": str(layout.results),
            "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "true",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_LOGGING_EXTRA_LOGGERS": "tasks",
            # Without it a client that cannot reach the server starts an open one of its own.
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
            "CMI_LEDGER_URL": self.ledger_url,
            "CMI_STATE": str(layout.state),
            "PATH": os.pathsep.join([programs, *(part for part in path if part != programs)]),
        }


def _parse(document: dict[str, Any], layout: Layout) -> Stack:
    if document["format"] > STATE_FORMAT:
        what = f"{layout.state} was written by a newer version of this project."
        raise NewerStateError(what, "Update this checkout; nothing was touched.")
    services = tuple(
        Service(
            entry["name"],
            Process(int(entry["process"]["pid"]), str(entry["process"]["birth"])),
            entry["address"],
            entry["version"],
        )
        for entry in document["services"]
    )
    return Stack(
        document["api_url"],
        document["auth_string"],
        document["ledger_url"],
        services,
        document["registered"],
        document.get("libraries", ""),  # an older version did not write it
    )
