"""Deprecations: what of all that is known to be dead or dying a platform uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.tables import dead_marks, image_row, practices, removed_apis
from tasks.domain.security.checks import CHECKS
from tasks.domain.security.checks.images import full_name, known_dead
from tasks.domain.security.checks.parts import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.model import Platform


def applying(platform: Platform) -> dict[str, str]:
    """Map each known deprecation that this platform meets to something that uses it."""
    found: dict[str, str] = {}
    for name, user in _uses(platform):
        found.setdefault(name, user)
    return found


def _uses(platform: Platform) -> Iterator[tuple[str, str]]:
    images = dict(_images(platform))
    for image, user in images.items():
        if row := known_dead(image):
            yield image_row(row), user
    for each in platform.objects:
        if (each.api_version, each.kind) in removed_apis():
            yield f"API {each.api_version} {each.kind}", each.name
    for marker in platform.cluster.markers:
        prefix = f"{marker.name.partition('/')[0]}/*"
        for name in (marker.name, prefix):
            if (marker.of, name) in dead_marks():
                yield f"{marker.of} {name}", marker.subject
    yield from _practices(platform, {full_name(image): user for image, user in images.items()})


def _images(platform: Platform) -> Iterator[tuple[str, str]]:
    for part in parts(platform):
        if part.container.image and not part.container.build:
            yield part.container.image.value, part.subject
    for path, dockerfile in sorted(platform.dockerfiles.items()):
        for stage in dockerfile.stages:
            if not stage.from_stage:
                yield stage.base.value, path


def _practices(platform: Platform, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    checks = {check.id: check for check in CHECKS}
    for practice in practices().values():
        for image in practice.images:
            if image in names:
                yield f"practice {practice.id}", names[image]
        if practice.check:
            for hit in checks[practice.check].judge(platform):
                yield f"practice {practice.id}", hit.subject
                break
