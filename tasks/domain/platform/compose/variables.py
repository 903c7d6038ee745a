"""Environment of a service: names and features, from `environment` and `env_file`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.tree import Leaf, Row, Table, Tree
from tasks.domain.platform.containers import Features, Variable
from tasks.domain.platform.features import features_of
from tasks.domain.platform.nodes import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.compose.loader import Loader

_NAME = re.compile(r"[\w.\-/\[\]]{1,128}")
UNNAMED = "(unnamed)"  # what stands where a name should be may be a value


def environment_of(
    service: Table, path: str, hosts: Mapping[str, str], known: tuple[Loader, Mapping[str, str]]
) -> tuple[Variable, ...]:
    """Read the variables of ``service``; those of `environment` win over files."""
    values = known[1]
    found: dict[str, Variable] = {}
    row = service.items.get("env_file")
    for index, item in enumerate(row.items if isinstance(row, Row) else ()):
        for variable in _from_file(item, f"{path}.env_file[{index}]", hosts, known):
            found[variable.name] = variable
    written = service.items.get("environment")
    for name, tree in (written.items if isinstance(written, Table) else {}).items():
        label = name if _NAME.fullmatch(name) else UNNAMED
        place = written.keys[name] if isinstance(written, Table) else tree.place
        at = f"{path}.environment.{label}"
        if isinstance(tree, Leaf):
            found[name] = _variable(label, tree, (place, at), hosts, values)
    return tuple(found.values())


def _variable(
    name: str,
    leaf: Leaf,
    where: tuple[Place, str],
    hosts: Mapping[str, str],
    values: Mapping[str, str],
) -> Variable:
    place, path = where
    if leaf.value is None:  # taken over from whoever starts the project
        taken = features_of(values.get(name, ""), hosts, name=name, written="", interpolated=True)
        return Variable(name, taken, place, path, "host")
    features: Features = features_of(
        leaf.text, hosts, name=name, written=leaf.written, interpolated=leaf.filled
    )
    return Variable(name, features, leaf.place, path)


def _from_file(
    item: Tree, path: str, hosts: Mapping[str, str], known: tuple[Loader, Mapping[str, str]]
) -> list[Variable]:
    loader, values = known
    file, read = loader.env_file(item, values)
    return [
        Variable(
            name,
            features_of(value, hosts, name=name),
            Place(file, line, 1),
            f"{path}.{name}",
            "env_file",
        )
        for name, (value, line) in read.items()
        if value is not None
    ]
