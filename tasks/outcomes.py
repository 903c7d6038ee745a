"""Outcomes of cells: stored beside the results of steps, named by their content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from prefect.results import ResultStore, get_default_result_storage

from tasks.domain.canonical import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prefect.filesystems import WritableFileSystem

    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.settling import Settled

T = TypeVar("T")

_PREFIX = "outcome"


def _store() -> ResultStore:
    """Where the results of steps lie; the wrapper that calls us stores no result of its own."""
    storage = cast(
        "WritableFileSystem", get_default_result_storage()
    )  # typed for async callers too
    return ResultStore(result_storage=storage)


def keep(cell: str, value: Any) -> str:
    """Store the outcome of ``cell`` and return its key; the same value has the same key."""
    key = f"{_PREFIX}-{cell.replace('/', '-')}-{digest(value)}"
    _store().write(value, key=key)
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
