"""Where the local stack keeps its state. Standard library only: the bootstrap reads this too."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# A Unix socket's path has 108 bytes with its closing zero (sun_path); PostgreSQL adds the name.
SOCKET_PATH_BYTES = 107
SOCKET_NAME = ".s.PGSQL.5432"
_ROOT_HOME = Path("/var/lib/cmi")


@dataclass(frozen=True)
class Layout:
    """The places of one checkout's stack."""

    checkout: Path
    state: Path

    @classmethod
    def find(cls) -> Layout:
        """Return the layout of this checkout; ``CMI_STATE`` moves the state folder."""
        checkout = Path(__file__).resolve().parents[2]
        told = os.environ.get("CMI_STATE")
        return cls(checkout, Path(told).absolute() if told else checkout / ".cmi")

    @cached_property
    def mark(self) -> str:
        """Name this stack among others on the machine, always the same for one state folder."""
        return hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]

    @property
    def record(self) -> Path:
        """Address, secret and processes of the running stack (mode 0600)."""
        return self.state / "stack.json"

    @property
    def lock(self) -> Path:
        """Held by whoever starts or stops; the kernel releases it when they die."""
        return self.state / "lock"

    @property
    def logs(self) -> Path:
        """One log file a service."""
        return self.state / "logs"

    @property
    def prefect_home(self) -> Path:
        """Prefect's own folder, apart from the user's."""
        return self.state / "prefect"

    @property
    def pages(self) -> Path:
        """Prefect's web pages, unpacked, with a policy of ours in them."""
        return self.prefect_home / "pages"

    @property
    def results(self) -> Path:
        """Results of finished steps, the same folder for every process that may resume."""
        return self.state / "results"

    @property
    def bundles(self) -> Path:
        """What runs hand over, when no other folder is asked for."""
        return self.state / "bundles"

    @property
    def temporary(self) -> Path:
        """Temporary files of our services.

        The machine's own folder is shared, and Prefect's worker cannot start there when
        another user's was first: it makes ``runner_storage`` for itself alone.
        """
        return self.state / "tmp"

    @property
    def database_home(self) -> Path:
        """Folder of the embedded database.

        The server refuses to run as root. Under root it runs as an unnamed user, who can
        reach neither a checkout under a private home nor the programs in it; opening
        those folders to everybody would be worse than a folder of its own.
        """
        return _ROOT_HOME / self.mark if os.geteuid() == 0 else self.state / "postgres"

    @property
    def database(self) -> Path:
        """The database's files."""
        return self.database_home / "data"

    @property
    def socket_folder(self) -> Path:
        """Folder of the database's socket: beside its files, unless that path cannot be used.

        It may be too long for the kernel, and a client reads a comma as the end of a host.
        """
        beside = os.fsencode(self.database / SOCKET_NAME)
        if len(beside) <= SOCKET_PATH_BYTES and b"," not in beside:
            return self.database
        return Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp")) / f"cmi-{self.mark}"  # noqa: S108  # made 0700 and checked to be ours

    def prepare(self) -> None:
        """Make the folders, readable by nobody else."""
        kept = (self.logs, self.prefect_home, self.results, self.bundles)
        for folder in (self.state, *kept, self.temporary):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.state.chmod(0o700)
