"""The definitions that the recordings are of: as their files have them, and as they are applied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.recorded.recording import HERE, Facts

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOP = Path(__file__).parents[2] / "examples/shop/kubernetes"
DEPOT = HERE / "depot"
LIMITED = "limited"  # a user who may list some kinds: depot/limited.yaml
# No server of today takes these: who applies the files writes what it takes.
_TAKEN = {"policy/v1beta1": "policy/v1"}
_OF_ALL = ("CustomResourceDefinition",)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is recorded: a namespace with what is applied to it, and who asks."""

    name: str
    namespace: str
    folder: Path | None = None
    user: str = ""  # asked for by impersonation; a token that nobody knows for a stranger
    stranger: bool = False
    expires: str = ""  # the list that has changed too much before its second page
    made: bool = True  # the namespace is there


SCENES = (
    Scene("shop", "cmi-shop", SHOP),
    Scene("depot", "cmi-depot", DEPOT),
    Scene("limited", "cmi-depot", DEPOT, user=LIMITED),
    Scene("expired", "cmi-depot", DEPOT, expires="services"),
    Scene("stranger", "cmi-depot", DEPOT, stranger=True),
    Scene("empty", "cmi-empty"),
    Scene("gone", "cmi-gone", made=False),
)


def documents(folder: Path) -> Iterator[Facts]:
    """Give what somebody applies of a folder's files, in their order."""
    for file in sorted(folder.glob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            if document and document["kind"] != "Kustomization":
                version = document["apiVersion"]
                yield document | {"apiVersion": _TAKEN.get(version, version)}


def of_all(document: Facts) -> bool:
    """Tell whether an object is none of a namespace."""
    return document["kind"] in _OF_ALL
