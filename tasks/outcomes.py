"""Outcomes of cells: stored beside the results of steps, named by their content."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

from prefect.results import ResultStore, get_default_result_storage

from tasks.domain.canonical import digest
from tasks.domain.exits import Exit
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prefect.filesystems import WritableFileSystem

    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.settling import Settled

T = TypeVar("T")


class UnstoredOutcomeError(PermanentToolError):
    """A cell was worked off, and its outcome found no place: that is the user's to mend."""

    exit = Exit.USAGE


_PREFIX = "outcome"
_PAUSES = (0.0, 0.05, 0.2, 1.0)  # seconds before each attempt to store


def _store() -> ResultStore:
    """Where the results of steps lie; the wrapper that calls us stores no result of its own."""
    storage = cast(
        "WritableFileSystem", get_default_result_storage()
    )  # typed for async callers too
    return ResultStore(result_storage=storage)


def keep(cell: str, value: Any) -> str:
    """Store the outcome of ``cell`` and return its key; the same value has the same key.

    Two runs may have the same value at the same moment, and Prefect's local storage empties a
    file before it writes it: what is there is left alone, and what was written is read again.

    Raises:
        UnstoredOutcomeError: the place is full, or lets nobody write.
        LookupError: what was written cannot be read, however often it is tried.
    """
    key = f"{_PREFIX}-{cell.replace('/', '-')}-{digest(value)}"
    for pause in _PAUSES:
        if readable(key):
            return key
        time.sleep(pause)
        try:
            _store().write(value, key=key)
        except OSError as error:
            what = f"The outcome of {cell} could not be stored: {error.strerror or error}."
            remedy = (
                "Make room where results are kept, and let it be written to;"
                " the same command goes on from there."
            )
            raise UnstoredOutcomeError(what, remedy) from error
    if not readable(key):
        msg = f"the outcome of {cell} was stored and cannot be read"
        raise LookupError(msg)
    return key


def fetch(key: str) -> Any:
    """Read an outcome.

    Raises:
        Exception: it is not there, or only a torn part of it.
    """
    return _store().read(key).result


def given(keys: Mapping[str, str], cell: str, kind: type[T]) -> T:
    """Fetch what ``cell`` handed over; nothing at all when it did not finish."""
    if cell not in keys:
        return kind()
    value = fetch(keys[cell])
    if not isinstance(value, kind):
        msg = f"{cell} handed over a {type(value).__name__}, not a {kind.__name__}"
        raise TypeError(msg)
    return value


def readable(key: str) -> bool:
    """Tell whether an outcome can be read: a power loss may have torn it."""
    try:
        fetch(key)
    except Exception:  # noqa: BLE001  # whatever is wrong with it, computing it again is the cure
        return False
    return True


def documents(settled: Iterable[Settled]) -> tuple[Deliverable, ...]:
    """List what finished cells have written."""
    found = [fetch(each.outcome) for each in settled if each.outcome]
    return tuple(written for each in found for written in getattr(each, "deliverables", ()))
