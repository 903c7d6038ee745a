"""A source: the files that a reader may see, and nothing outside them.

The domain opens no file. `tasks.tools.sources` hands it this view, which
already refuses what leaves the tree; tests hand it a dictionary.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from tasks.domain.platform.documents import DocumentError, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from tasks.domain.platform.model import Entry, NotAssessed, Unread

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Files by their path relative to the source's root, with ``/`` between folders."""

    name: str  # what the user typed, for messages
    files: Mapping[str, bytes] = field(repr=False)
    asked: tuple[str, ...] = ()  # paths that the user named; empty means all of the tree
    unread: tuple[Unread, ...] = ()  # links, pipes, unreadable and oversized files met on the way
    place: str = ""  # canonical, to be opened again: an absolute path, or a location's text
    not_assessed: tuple[NotAssessed, ...] = ()  # what this kind of source cannot know
    entries: tuple[Entry, ...] = ()  # when the source itself knows what belongs together
    unseen: tuple[str, ...] = ()  # kinds of objects that there may be, and that it did not show
    live: bool = False  # it runs: what ``files`` hold was asked for, and nobody can change it
    _answers: dict[tuple[Hashable, ...], object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def text(self, path: str) -> str:
        """Decode one file.

        Raises:
            DocumentError: The file is not there, or is not text.
        """
        data = self.files.get(path)
        if data is None:
            raise DocumentError(path, 1, "is not in the source")
        return decode(path, data)

    def once(self, question: tuple[Hashable, ...], answer: Callable[[], T]) -> T:
        """Answer a question about these files, the first time it is asked."""
        if question not in self._answers:
            self._answers[question] = answer()
        return cast("T", self._answers[question])

    def forget(self) -> None:
        """Let go of all answers: those of a large platform take more room than it does."""
        self._answers.clear()

    def digest(self, paths: Iterable[str]) -> str:
        """Hash names and bytes of ``paths``: the content of what an entry was read from.

        What cannot be read, because it is too large or went away, counts with its name alone.
        """
        whole = hashlib.sha256()
        for path in sorted(set(paths)):
            name, data = path.encode(), self.files.get(path)
            whole.update(b"%d:%b%d:" % (len(name), name, -1 if data is None else len(data)))
            whole.update(data or b"")
        return whole.hexdigest()
