"""Several items at the end of one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.edits import NotEditableError, append_item
from tasks.domain.security.candidates.ground import NotOfferedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.platform.nodes import Sequence
    from tasks.domain.written import Written


def appended(written: Written, sequence: Sequence, names: Iterable[str]) -> tuple[Edit, ...]:
    """Add ``names`` in one edit.

    Raises:
        NotOfferedError: The list is written in an unusual way.
    """
    try:
        edits = [append_item(written, sequence, name) for name in names]
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error
    if not edits:
        return ()
    return (Edit(written.file, edits[0].span, "".join(edit.text for edit in edits)),)
