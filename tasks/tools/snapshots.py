"""A source opened again later in a run: the same bytes as at first, or a clear refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.tools.errors import PermanentToolError
from tasks.tools.opening import open_source

if TYPE_CHECKING:
    from tasks.domain.platform.sources import Source


class SourceChangedError(PermanentToolError):
    """The user's files changed while the programme ran."""


def reopen(place: str, content: str) -> Source:
    """Open the source at ``place``, whose files' digest was ``content`` when the run began.

    Steps do not pass a source on: it holds the files' bytes, and with them secrets,
    which must not lie in stored results.

    Raises:
        SourceChangedError: the files are not those that the run began with.
    """
    source = open_source([place])
    if source.digest(source.files) != content:
        what = f"Files under {place} changed while the programme ran."
        raise SourceChangedError(what, "Run the same command again: it goes on with the new ones.")
    return source
