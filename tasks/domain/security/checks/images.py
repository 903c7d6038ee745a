"""Which bytes run: names of images that may mean something else tomorrow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit, Severity
from tasks.domain.security.checks.parts import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.model import Platform

# Tags that their owners move with every release.
_MOVING = frozenset(
    {"latest", "stable", "edge", "master", "main", "dev", "develop", "nightly", "snapshot"}
)
# ${TAG}, $TAG or a template: the tag is filled in by whoever deploys.
_LATER = re.compile(r"\$\{?\w+\}?|\{\{")


def floating_tag(platform: Platform) -> Iterator[Hit]:
    """Find images named without a tag, or by one that moves.

    A digest settles it. A tag that a variable without a default fills in later
    is unknown, not floating. An image built from this source floats less: its
    Dockerfile decides, until somebody pulls.
    """
    for part in parts(platform):
        image = part.container.image
        if image is None or not _floats(part.container):
            continue
        tag = tag_of(image.value)
        facts = {"case": "tag" if tag else "untagged", "image": image.value, "tag": tag}
        milder = Severity.LOW if part.container.build else None
        yield Hit(part.subject, image.place, image.path, facts, milder)
    yield from _bases(platform)


def _bases(platform: Platform) -> Iterator[Hit]:
    """Find base images that move, once a Dockerfile, whoever is built by it."""
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        for stage in dockerfile.stages:
            image = stage.base.value
            own = stage.from_stage or image == "scratch" or _LATER.search(image)
            if not own and _moves(image):
                facts = {"case": "base", "image": image, "tag": tag_of(image), "dockerfile": path}
                yield Hit(path, stage.base.place, stage.base.path, facts)


def tag_of(image: str) -> str:
    """Give the tag that an image's name carries; nothing when it has none."""
    name = image.rpartition("/")[2]
    return name.partition("@")[0].partition(":")[2]


def _floats(container: Container) -> bool:
    image = container.image.value if container.image else ""
    return bool(image) and not _filled_in_later(container) and _moves(image)


def _moves(image: str) -> bool:
    tag = tag_of(image)
    return "@" not in image and (not tag or tag.lower() in _MOVING)


def _filled_in_later(container: Container) -> bool:
    """Tell whether nothing in the files says which tag it will be."""
    resolved = container.image.value if container.image else ""
    written = container.image_as_written
    unresolved = bool(_LATER.search(resolved)) or resolved.endswith((":", "/"))
    return unresolved or (not tag_of(resolved) and bool(_LATER.search(written)))
