"""A plant: how to put one defect into a place, and how the place looks without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.accuracy.mutations.yamltext import Sequence, Unfit, get

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.accuracy.mutations.places import Site

    Act: TypeAlias = Callable[[Site], None]


def _nothing(site: Site) -> None:
    """Leave the place as it is."""


@dataclass(frozen=True, slots=True)
class Plant:
    """``bad`` plants the defect. ``good`` makes the same place sound, for the control."""

    check: str
    bad: Act
    good: Act = _nothing
    alone: bool = False  # one place in each copy: the finding is one for the whole platform
    anywhere: bool = False  # found is whatever is new in the file, not only in the service

    def __str__(self) -> str:
        return self.check


def put(value: Any, *keys: str) -> Act:
    """Make an act that writes a value into the service or container."""
    return lambda site: site.edits.put(site.service, value, *keys)


def add(item: Any, *keys: str) -> Act:
    """Make an act that puts an item first in a list."""
    return lambda site: site.edits.add(site.service, [item], *keys)


def drop(*keys: str) -> Act:
    """Make an act that takes keys of the service or container away."""

    def act(site: Site) -> None:
        for key in keys:
            site.edits.drop(site.service, key)

    return act


def both(*acts: Act) -> Act:
    """Make one act of several."""

    def act(site: Site) -> None:
        for each in acts:
            each(site)

    return act


def one_of(*acts: Act) -> Act:
    """Make an act that is one of several, by chance."""
    return lambda site: site.chance.choice(acts)(site)


def to_all(act: Act, *, but: Act | None = None) -> Act:
    """Make an act on each service of the file, with another one for the place itself."""

    def everywhere(site: Site) -> None:
        mine = site.service
        for each in site.every:
            site.service = each
            itself = each.start_mark.index == mine.start_mark.index
            (but if but and itself else act)(site)
        site.service = mine

    return everywhere


def setting(name: str, value: str) -> Act:
    """Make an act that gives a Compose service a variable."""

    def act(site: Site) -> None:
        written = get(site.service, "environment")
        if isinstance(written, Sequence):
            site.edits.add(site.service, [f"{name}={value}"], "environment")
        else:
            site.edits.put(site.service, value, "environment", name)

    return act


def partner(site: Site) -> str:
    """Name the partner that a defect between two services needs."""
    if not site.partner:
        raise Unfit
    return site.partner
