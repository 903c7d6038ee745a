"""A platform with changes: its files in a folder of their own, and the copy made from them."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.tools.errors import PermanentToolError
from tasks.tools.live.copying import varied
from tasks.tools.live.files import MOST_BYTES
from tasks.tools.live.images import provide
from tasks.tools.roundtrip import changed_source
from tasks.tools.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready


class OtherPlatformError(PermanentToolError):
    """With the changes it is no longer the platform that is compared."""


@contextmanager
def changed(
    engine: Engine, ready: Ready, files: Mapping[str, bytes], beside: str = "-changed"
) -> Iterator[Ready]:
    """Give the copy of the platform with ``files`` replaced, its images provided.

    What it mounts lies ``beside`` what the copy as it is mounts, so that one can follow the
    other while it runs.

    Raises:
        OtherPlatformError: a service could not be had with the changes, or is another.
        PermanentToolError: the platform is too large for a second folder of it.
        ToolError: Docker Compose refuses it.
    """
    with scratch("variant") as folder:
        root = folder / "platform"
        _write(Path(ready.request.root), root, files)
        mounted = f"{ready.request.folder}{beside}"
        after = changed_source(ready.source, files)
        made = varied(engine, ready, after, str(root), mounted)
        made = made.without(provide(engine, made.wanted_images(), made.source, made.platform))
        if made.copy.services != ready.copy.services:
            lost = ", ".join(sorted({*ready.copy.services} ^ {*made.copy.services}))
            what = f"With the changes the copy has other services: {lost}."
            raise OtherPlatformError(what, "Look at what the copy leaves out, and why.")
        try:
            yield made
        finally:
            shutil.rmtree(mounted, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a change does to a copy: services that are other ones, images that are missing."""

    services: frozenset[str]
    builds: bool = False


def reach(engine: Engine, ready: Ready, files: Mapping[str, bytes]) -> Reach:
    """Compare the copy with the one that has ``files`` replaced.

    Nothing is built, started or written: definitions, images and mounted files are compared.

    Raises:
        ToolError: Docker Compose refuses the platform with the changes.
    """
    made = varied(engine, ready, changed_source(ready.source, files), ready.request.root)
    before, after = (each.copy.definition.get("services", {}) for each in (ready, made))
    found = {n for n in {*before, *after} if before.get(n) != after.get(n)}
    mounted = {n for n in before if _mounts(ready, n, files)}
    return Reach(frozenset(found | mounted), bool(made.wanted_images().builds))


def _mounts(ready: Ready, service: str, files: Mapping[str, bytes]) -> bool:
    """Tell whether a service sees one of ``files`` as a mount."""
    root = Path(ready.request.root)
    mounted = [Path(source) for source in ready.copy.files if not source.startswith("variable ")]
    touched = [m for m in mounted if any((root / f).is_relative_to(m) for f in files)]
    places = {str(Path(ready.request.folder) / ready.copy.files[str(each)]) for each in touched}
    mine = ready.copy.definition["services"][service].get("volumes", [])
    return any(each.get("source") in places for each in mine)


def _write(root: Path, target: Path, files: Mapping[str, bytes]) -> None:
    size = sum(each.lstat().st_size for each in root.rglob("*"))
    if size > MOST_BYTES:
        what = f"{root.name} is too large for a second folder of it."
        raise PermanentToolError(what, "Point at the folder that holds the definition.")
    shutil.copytree(root, target, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    for name, data in files.items():
        place = target / name
        if not place.resolve().is_relative_to(target.resolve()):
            what = f"{name} leaves the source."
            raise PermanentToolError(what, "Keep what is needed inside the source.")
        place.write_bytes(data)
