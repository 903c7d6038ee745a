"""A Debian base image without a registry: made from the packages of the machine's own mirror."""

from __future__ import annotations

import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.tools.command import find_program, run
from tasks.tools.errors import PermanentToolError
from tasks.tools.installed import packages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.tools.engine import Engine

REPOSITORY = "base.local/debian"
_RELEASE = "bookworm"
_TAGS = ("12", "latest")
_LIMIT = timedelta(minutes=10)
_FROM = re.compile(rf"^FROM\s+({re.escape(REPOSITORY)}(?::(\S+))?)\s*$", re.MULTILINE)
# Nothing starts while packages are installed; nobody reads manuals in a container.
_HOOK = (
    "printf '#!/bin/sh\\nexit 101\\n' > \"$1/usr/sbin/policy-rc.d\";"
    ' chmod 755 "$1/usr/sbin/policy-rc.d"'
)
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")


class NoBaseError(PermanentToolError):
    """The base image cannot be made here."""


def wanted(dockerfiles: Iterable[str]) -> bool:
    """Tell whether a Dockerfile builds on the image that is made here."""
    tags = {match[2] or "latest" for text in dockerfiles for match in _FROM.finditer(text)}
    return bool(tags & set(_TAGS))


def ensure(engine: Engine) -> None:
    """Make the base image, unless the engine has it.

    Raises:
        NoBaseError: the program that makes it is missing, or we are not root.
        NoMirrorError: the machine's apt names no mirror.
    """
    names = [f"{REPOSITORY}:{tag}" for tag in _TAGS]
    if all(engine.client.images(name) for name in names):
        return
    if os.geteuid() != 0 or find_program("mmdebstrap") is None:
        what = f"The base image {names[0]} is not on the engine and cannot be made."
        raise NoBaseError(what, "As root: `apt-get install mmdebstrap`, then try again.")
    release = packages.codename(Path("/etc/os-release").read_text(encoding="utf-8"))
    mirror = packages.mirror(release)
    with tempfile.TemporaryDirectory(prefix="cmi-base-") as folder:
        archive = Path(folder, "base.tar")
        options = [f"--dpkgopt=path-exclude={each}" for each in _LEFT_OUT]
        options += ["--variant=minbase", "--include=ca-certificates", f"--customize-hook={_HOOK}"]
        line = mirror.line(_RELEASE).strip()
        run("mmdebstrap", "--quiet", *options, _RELEASE, str(archive), line, timeout=_LIMIT)
        # By its path: as a stream, the client announces it in a way that the engine refuses.
        engine.client.import_image_from_file(
            str(archive), repository=REPOSITORY, tag=_TAGS[0], changes=['CMD ["/bin/sh"]']
        )
    for tag in _TAGS[1:]:
        engine.client.tag(names[0], REPOSITORY, tag)
