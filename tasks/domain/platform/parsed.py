"""Documents that were parsed a moment ago: survey, reader and patches look at the same text.

A large platform is most of its time in the parser; three readers of ten thousand files would
parse thirty thousand. Trees are never changed, so they can be shared. What is kept is bounded,
and a text is found by its characters alone: nothing can be served for another.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from tasks.domain.platform.documents import parse

if TYPE_CHECKING:
    from tasks.domain.platform.documents import Document

# Characters of text beside the longest; their trees take some ten times as many bytes.
MOST = 8 * 1024 * 1024


class Kept:
    """The documents of the latest texts: of the longest, and up to ``most`` characters beside it.

    The longest is spared because its tree is what a reading needs memory for in any case, and
    what costs most to make again.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._total = 0
        self._longest = ("", "")
        self._found: OrderedDict[tuple[str, str], tuple[Document, ...]] = OrderedDict()
        self._lock = Lock()

    def documents(self, file: str, text: str) -> tuple[Document, ...]:
        """Give all documents of ``text``, as `parse` does.

        Raises:
            DocumentError: Not YAML, or beyond a budget.
        """
        key = (file, text)
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        documents = parse(file, text)
        with self._lock:
            if key not in self._found:
                self._found[key] = documents
                self._total += len(text)
                self._longest = max(self._longest, key, key=_length)
            self._shed()
        return documents

    def _shed(self) -> None:
        while self._total - _length(self._longest) > self._most:
            oldest = next(key for key in self._found if key != self._longest)
            del self._found[oldest]
            self._total -= _length(oldest)


def _length(key: tuple[str, str]) -> int:
    return len(key[1])


_KEPT = Kept()


def parsed(file: str, text: str) -> tuple[Document, ...]:
    """Give all documents of ``text``; raises as `parse`."""
    return _KEPT.documents(file, text)
