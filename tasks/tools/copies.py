"""Private copies of a source, for programs that must not see anything else of the machine.

Only regular files of the source are written, never a link, so that whatever a
program follows ends inside the copy. The folder is ours alone and goes away.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tasks.tools.errors import PermanentToolError
from tasks.tools.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tasks.domain.platform.sources import Source

MAX_COPY = 64 * 1024 * 1024
MAX_FILES = 5000


@contextmanager
def private_copy(source: Source, paths: Iterable[str]) -> Iterator[Path]:
    """Write ``paths`` of ``source`` below a new folder, and remove it afterwards.

    Raises:
        PermanentToolError: They are too large or too many to be a definition.
    """
    with scratch("copy") as root:
        size = 0
        for number, path in enumerate(dict.fromkeys(paths)):
            data = source.files[path]
            size += len(data)
            if size > MAX_COPY or number >= MAX_FILES:
                what = f"What {source.name} builds upon is larger than {MAX_COPY // 2**20} MiB."
                raise PermanentToolError(what, "Point at the folder that holds the definition.")
            place = root / path
            if not place.resolve().is_relative_to(root.resolve()):
                what = f"{path} leaves the source."
                raise PermanentToolError(what, "Keep what is needed inside the source.")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        yield root
