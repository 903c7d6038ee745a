"""Objects as plain values, for a schema validator. They hold secrets: use them and let them go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.domain.platform.kubernetes.fields import kubernetes_value
from tasks.domain.platform.nodes import Mapping, Node, Scalar, Sequence, target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.platform.nodes import Place


def plain_value(node: Node) -> Any:
    """Give what the API server would see. The reader's budgets bound the size.

    Merge keys are followed, the mapping's own keys win; keys are text.
    """
    found = target(node)
    if isinstance(found, Scalar):
        return kubernetes_value(found)
    if isinstance(found, Sequence):
        return [plain_value(item) for item in found.items]
    merged: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for pair in found.pairs:
        key = target(pair.key)
        name = key.text if isinstance(key, Scalar) else ""
        if name == "<<" and isinstance(key, Scalar) and not key.style:
            for source in _sources(pair.value):
                merged = plain_value(source) | merged
        else:
            own[name] = plain_value(pair.value)
    return merged | own


def _sources(node: Node) -> list[Mapping]:
    found = target(node)
    several = [target(item) for item in found.items] if isinstance(found, Sequence) else [found]
    return [each for each in several if isinstance(each, Mapping)]


def place_at(node: Node, path: Iterable[str | int]) -> Place:
    """Follow ``path`` as far as it is written, and give the place where it ends."""
    place = node.place
    for step in path:
        found = target(node)
        below: Node | None = None
        if isinstance(found, Mapping):
            pair = next(iter(found.named(str(step))), None)
            below = pair.value if pair else None
            place = pair.key.place if pair else place
        elif isinstance(found, Sequence) and isinstance(step, int) and step < len(found.items):
            below = found.items[step]
            place = below.place
        if below is None:
            return place
        node = below
    return place
