"""Which bytes run: names of images that may mean something else tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.tables import dead_images
from tasks.domain.findings import Hit, Severity
from tasks.domain.platform.kubernetes.late import has_placeholder, is_bare
from tasks.domain.security.checks.parts import WHOLE, Part, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.tables import DeadImage
    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.model import Platform

# Tags that their owners move with every release.
_MOVING = frozenset(
    {"latest", "stable", "edge", "master", "main", "dev", "develop", "nightly", "snapshot"}
)


def floating_tag(platform: Platform) -> Iterator[Hit]:
    """Find images named without a tag, or by one that moves.

    A digest settles it. A tag that a variable without a default fills in later
    is unknown, not floating; so is a bare name in a manifest that no registry
    has. An image built from this source floats less: its Dockerfile decides,
    until somebody pulls.
    """
    for part in parts(platform):
        image = part.container.image
        if image is None or not _floats(part.container) or _is_replaced(part, image.value):
            continue
        tag = tag_of(image.value)
        facts = {"case": "tag" if tag else "untagged", "image": image.value, "tag": tag}
        milder = Severity.LOW if part.container.build else None
        yield Hit(part.subject, image.place, image.path, facts, milder)
    yield from _bases(platform)


def stale_copy(platform: Platform) -> Iterator[Hit]:
    """Find images that a node does not fetch again although their names move, or never fetches.

    A cluster asks again for what is called ``latest``, and only for that, unless
    it is told otherwise.
    """
    for part in parts(platform):
        image, policy = part.container.image, part.container.pull_policy
        if image is None:
            continue
        at = policy or image
        if policy and policy.value == "Never":
            yield Hit(part.subject, at.place, at.path, {"case": "never"})
        elif _keeps(part.container) and not _is_replaced(part, image.value):
            facts = {"case": "stale", "image": image.value}
            yield Hit(part.subject, at.place, at.path, facts)


def dead(platform: Platform) -> Iterator[Hit]:
    """Find images that cannot be pulled any more: the next new node will not start."""
    yield from _known(platform, gone=True)


def unsupported(platform: Platform) -> Iterator[Hit]:
    """Find images of versions whose makers no longer mend them."""
    yield from _known(platform, gone=False)


def undigested(platform: Platform) -> Iterator[Hit]:
    """Find, once a platform, images that a version names, but no digest."""
    named = [
        part.container.image
        for part in parts(platform)
        if part.container.image and not part.container.build
    ]
    loose = [each for each in named if "@" not in each.value and not _moves(each.value)]
    if loose:
        facts = {"count": str(len(loose)), "of": str(len(named))}
        yield Hit(WHOLE, loose[0].place, "services.*.image", facts)


def _known(platform: Platform, *, gone: bool) -> Iterator[Hit]:
    for part in parts(platform):
        image = part.container.image
        if image and not part.container.build:
            found = known_dead(image.value)
            if found and found.gone is gone:
                yield Hit(part.subject, image.place, image.path, _said(image.value, found))
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        for stage in dockerfile.stages:
            found = None if stage.from_stage else known_dead(stage.base.value)
            if found and found.gone is gone:
                facts = _said(stage.base.value, found)
                yield Hit(path, stage.base.place, stage.base.path, facts)


def _said(image: str, found: DeadImage) -> dict[str, str]:
    return {"image": image, "since": found.since, "instead": found.instead}


def known_dead(image: str) -> DeadImage | None:
    """Look an image up by its full name and the beginning of its version.

    ``mongo`` is ``docker.io/library/mongo``. A version that is not written is the
    newest, about which nothing is known.
    """
    name = full_name(image)
    tag = tag_of(image)
    for each in dead_images().get(name, ()):
        if not each.tags or any(_is_of(tag, version) for version in each.tags):
            return each
    return None


def full_name(image: str) -> str:
    """Give the repository of an image with its registry, as the runtime would."""
    name = image.partition("@")[0]
    last = name.rpartition("/")[2]
    name = name[: len(name) - len(last)] + last.partition(":")[0]
    first, slash, _ = name.partition("/")
    if not slash:
        return f"docker.io/library/{name}"
    hosted = "." in first or ":" in first or first == "localhost"
    return name if hosted else f"docker.io/{name}"


def _is_of(tag: str, version: str) -> bool:
    """Tell whether ``3.4.1-alpine`` is of the line ``3.4``, and ``3.40`` is not."""
    return tag == version or tag.startswith((f"{version}.", f"{version}-"))


def _bases(platform: Platform) -> Iterator[Hit]:
    """Find base images that move, once a Dockerfile, whoever is built by it."""
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        for stage in dockerfile.stages:
            image = stage.base.value
            own = stage.from_stage or image == "scratch" or has_placeholder(image)
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


def _is_replaced(part: Part, image: str) -> bool:
    """Tell whether a build tool puts the image's full name here before anybody applies this."""
    return part.service.kind != "Compose" and is_bare(image)


def _keeps(container: Container) -> bool:
    image, policy = container.image, container.pull_policy
    newest = image is not None and tag_of(image.value) in {"", "latest"}
    asked_again = policy.value == "Always" if policy else newest
    return _floats(container) and not asked_again


def _filled_in_later(container: Container) -> bool:
    """Tell whether nothing in the files says which tag it will be."""
    resolved = container.image.value if container.image else ""
    written = container.image_as_written
    unresolved = has_placeholder(resolved) or resolved.endswith((":", "/"))
    return unresolved or (not tag_of(resolved) and has_placeholder(written))
