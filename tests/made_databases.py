"""A database as Prefect's server leaves it after its first start, to begin other stacks from.

Making one takes ten seconds of a processor, and a test of something else learns nothing from it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deployments.local import binaries, database, server
from deployments.local.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def made(checkout: Path, folder: Path) -> Iterator[Path]:
    """Make one below ``folder``, with Prefect's tables in it and nothing else; it is stopped."""
    from tasks.tools.postgres import database_url, ensure_database  # noqa: PLC0415  # drivers take a while

    layout = Layout(checkout, folder / "state")
    layout.prepare()
    try:
        database.start(layout)
        ensure_database(database.url(layout), server.DATABASE)
        address = database_url(database.url(layout), server.DATABASE, "asyncpg")
        subprocess.run(
            [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
            env=os.environ | {"PREFECT_SERVER_DATABASE_CONNECTION_URL": address},
            check=True,
            capture_output=True,
        )
        database.stop(layout)
        yield layout.database
    finally:
        database.stop(layout)
        database.remove(layout)


def furnish(layout: Layout, made_database: Path) -> None:
    """Give a stack that was never started a copy of ``made_database``, owned by its own server."""
    programs = binaries.locate(layout)
    layout.database_home.mkdir(mode=0o711 if programs.maker_uid else 0o700, exist_ok=True)
    # A session that was killed may have left one behind, for a folder of the same name.
    shutil.rmtree(layout.database, ignore_errors=True)
    shutil.copytree(made_database, layout.database)
    layout.database.chmod(0o700)
    if programs.server_uid is not None:
        for path in (layout.database, *layout.database.rglob("*")):
            os.chown(path, programs.server_uid, programs.server_uid)
