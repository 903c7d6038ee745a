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

# Characters of text; their trees take some ten times as many bytes.
MOST = 8 * 1024 * 1024


class Kept:
    """The documents of texts up to ``most`` characters together, the latest ones."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._total = 0
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
            while self._total > self._most:  # a text that is too long alone goes at once
                (_, gone), _ = self._found.popitem(last=False)
                self._total -= len(gone)
        return documents


_KEPT = Kept()


def parsed(file: str, text: str) -> tuple[Document, ...]:
    """Give all documents of ``text``; raises as `parse`."""
    return _KEPT.documents(file, text)
