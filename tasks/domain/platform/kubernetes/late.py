"""Images that are filled in later: named, because nobody can say yet what will run."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

from tasks.domain.platform.model import NotAssessed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasks.domain.platform.containers import Sited
    from tasks.domain.platform.model import Service

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAMED = 3
# ${TAG}, $TAG, $(TAG) or a template: whoever deploys fills it in.
_PLACEHOLDER = re.compile(r"\$\{?\w+\}?|\$\(\w+\)|\{\{")


@cache
def official_images() -> frozenset[str]:
    """Name the images of Docker's own library, which have no owner in their names.

    The table stands here and not with what checks know: reading does not depend on that.
    """
    text = (resources.files(__package__) / "official_images.yaml").read_text("utf-8")
    rows = yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, in C
    return frozenset(name for row in rows for name in row)


def has_placeholder(image: str) -> bool:
    """Tell whether a part of the name is filled in by whoever deploys."""
    return bool(_PLACEHOLDER.search(image))


def is_bare(image: str) -> bool:
    """Tell whether a build tool puts the full name here: no registry has one like it."""
    return not set(image) & set("/:@") and image not in official_images()


def late_images(services: Iterable[Service]) -> Iterator[NotAssessed]:
    """Name, in one line, the images of which nothing here says what they will be."""
    found: dict[str, Sited[str]] = {}
    for service in services:
        for container in service.containers:
            image = container.image
            if image and (has_placeholder(image.value) or is_bare(image.value)):
                found.setdefault(image.value, image)
    if found:
        names = ", ".join(list(found)[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        place = next(iter(found.values())).place
        yield NotAssessed(
            f"image {names}{more} ({place.file}:{place.line})",
            "it is filled in later, by a build tool or by whoever deploys",
            "Give us the definition as it is applied: rendered, with its images.",
        )
