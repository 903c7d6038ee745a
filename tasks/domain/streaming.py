"""JSON piece by piece: the text of a large platform is never held as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence  # noqa: TC003  # fields resolve at run time
from dataclasses import dataclass
from typing import Any

from tasks.domain.canonical import plain

# A longer list has one line an item: easy to search, and a tenth of the work to write.
_LONG = 1000


@dataclass(frozen=True, slots=True)
class Rows:
    """A list for a document whose items are made when they are written, one by one."""

    things: Sequence[Any]
    make: Callable[[Any], Any]

    def __len__(self) -> int:
        return len(self.things)

    def __iter__(self) -> Iterator[Any]:
        return map(self.make, self.things)


class Readable:
    """JSON for people as far as they can read it, and for programs beyond."""

    def __init__(self, *, ascii_only: bool) -> None:
        self._pretty = json.JSONEncoder(indent=2, ensure_ascii=ascii_only, default=plain)
        self._plain = json.JSONEncoder(ensure_ascii=ascii_only, default=plain)

    def pieces(self, value: Any, margin: str = "\n") -> Iterator[str]:
        """Give the text of ``value`` piece by piece; ``margin`` begins each further line."""
        deeper = f"{margin}  "
        if isinstance(value, dict) and value:
            for number, (name, member) in enumerate(value.items()):
                yield f"{',' if number else '{'}{deeper}{self._plain.encode(name)}: "
                yield from self.pieces(member, deeper)
            yield f"{margin}}}"
        elif isinstance(value, list | tuple | Rows) and len(value) > _LONG:
            for number, item in enumerate(value):
                yield f"{',' if number else '['}{deeper}{self._plain.encode(item)}"
            yield f"{margin}]"
        else:
            known = list(value) if isinstance(value, Rows) else value
            yield self._pretty.encode(known).replace("\n", margin)


def compact(value: Any) -> Iterator[str]:
    """Give the shortest JSON of ``value`` piece by piece, for programs alone."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    if isinstance(value, dict) and value:
        for number, (name, member) in enumerate(value.items()):
            yield f"{',' if number else '{'}{encode(name)}:"
            yield from compact(member)
        yield "}"
    elif isinstance(value, Rows) and len(value):
        for number, item in enumerate(value):
            yield f"{',' if number else '['}{encode(item)}"
        yield "]"
    else:
        yield encode(list(value) if isinstance(value, Rows) else value)


def chunks(pieces: Iterable[str], size: int) -> Iterator[str]:
    """Join pieces to texts of about ``size`` characters: few are written, and none is large."""
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield "".join(waiting)
