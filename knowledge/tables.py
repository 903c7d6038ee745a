"""Tables that checks look things up in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class RemovedApi:
    """A version that Kubernetes stopped serving in ``removed``; no successor: gone for good."""

    api_version: str
    kind: str
    removed: str
    successor: str


@cache
def removed_apis() -> Mapping[tuple[str, str], RemovedApi]:
    """Map (apiVersion, kind) to what became of it."""
    rows = (
        RemovedApi(group["api_version"], kind, str(group["removed"]), group.get("successor", ""))
        for group in _read("deprecations/apis.yaml")
        for kind in group["kinds"]
    )
    return {(row.api_version, row.kind): row for row in rows}


@dataclass(frozen=True, slots=True)
class DeadMark:
    """An annotation, node label or kind of volume that clusters no longer heed, or soon will not.

    ``effect`` is ``none`` or ``old``; ``since`` the release of Kubernetes.
    """

    of: str
    name: str
    since: str
    effect: str
    instead: str


@cache
def dead_marks() -> Mapping[tuple[str, str], DeadMark]:
    """Map (annotation, node-label or volume; name) to what became of it."""
    rows = (
        DeadMark(of, row["name"], str(row["since"]), row.get("effect", "none"), row["instead"])
        for of, group in _read("deprecations/marks.yaml").items()
        for row in group
    )
    return {(row.of, row.name): row for row in rows}


@dataclass(frozen=True, slots=True)
class DeadImage:
    """Images that cannot be had any more, or whose makers no longer mend them.

    ``name`` is the repository with its registry; ``tags`` the beginnings of
    versions, all when empty.
    """

    name: str
    tags: tuple[str, ...]
    since: str
    gone: bool
    instead: str


@cache
def dead_images() -> Mapping[str, tuple[DeadImage, ...]]:
    """Map a repository's full name to what is known of its versions."""
    found: dict[str, tuple[DeadImage, ...]] = {}
    for row in _read("deprecations/images.yaml"):
        for name in row["names"]:
            tags = tuple(str(tag) for tag in row.get("tags", ()))
            gone = bool(row.get("gone", False))
            image = DeadImage(name, tags, str(row["since"]), gone, row["instead"])
            found[name] = (*found.get(name, ()), image)
    return found


def _read(name: str) -> Any:
    text = (resources.files("knowledge") / name).read_text("utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, in C


@dataclass(frozen=True, slots=True)
class Practice:
    """A dead or wrong practice: where that is written, since when if that is, what shows it."""

    id: str
    since: str
    source: str
    words: Mapping[str, str]
    check: str = ""
    images: tuple[str, ...] = ()


@cache
def practices() -> Mapping[str, Practice]:
    """Map ids to practices that are dead or were always wrong."""
    return {
        name: Practice(
            name,
            str(row.get("since", "")),
            row["source"],
            {language: row[language] for language in ("en", "zh")},
            row.get("check", ""),
            tuple(row.get("images", ())),
        )
        for name, row in _read("deprecations/practices.yaml").items()
    }


@cache
def control_editions() -> Mapping[str, str]:
    """Map each list of controls to the edition that our ids were taken from."""
    return {name: str(row["edition"]) for name, row in _read("control_maps.yaml").items()}


@cache
def deprecations() -> frozenset[str]:
    """Name everything that is known to be dead or dying: images, APIs, markers, practices."""
    images = {image_row(each) for rows in dead_images().values() for each in rows}
    apis = {f"API {version} {kind}" for version, kind in removed_apis()}
    marks = {f"{of} {name}" for of, name in dead_marks()}
    return frozenset(images | apis | marks | {f"practice {name}" for name in practices()})


def image_row(image: DeadImage) -> str:
    """Name one row of dead images: the repository, and its versions where they are told."""
    return f"image {image.name}{':' if image.tags else ''}{','.join(image.tags)}"
