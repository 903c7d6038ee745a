"""What the Dockerfile of an image built from this source already settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.domain.platform.containers import Container, HealthProbe, Stage
    from tasks.domain.platform.model import Platform


def final_stage(platform: Platform, container: Container) -> Stage | None:
    """Give the stage that becomes this container's image, when its Dockerfile is known."""
    build = container.build
    if build is None:
        return None
    dockerfile = platform.dockerfiles.get(build.dockerfile)
    return dockerfile.stage(build.target) if dockerfile else None


def layers(platform: Platform, container: Container) -> tuple[Stage, ...]:
    """Give the stages whose layers are in this container's image, when its Dockerfile is known."""
    build = container.build
    dockerfile = platform.dockerfiles.get(build.dockerfile) if build else None
    return dockerfile.lineage(build.target) if build and dockerfile else ()


def image_health(platform: Platform, container: Container) -> HealthProbe | None:
    """Give the health check that the image brings along."""
    stage = final_stage(platform, container)
    return stage.health if stage else None


def images(platform: Platform) -> dict[str, tuple[Stage, ...]]:
    """Map each Dockerfile to the stages whose layers are in an image that is built from it."""
    return {
        path: tuple(dict.fromkeys(stage for line in lines for stage in line))
        for path, lines in lineages(platform).items()
    }


def lineages(platform: Platform) -> dict[str, tuple[tuple[Stage, ...], ...]]:
    """Map each Dockerfile to the images built from it, each with its stages in order."""
    targets: dict[str, set[str]] = {}
    for service in platform.services:
        for container in service.containers:
            if container.build and container.build.dockerfile:
                targets.setdefault(container.build.dockerfile, set()).add(container.build.target)
    return {
        path: tuple(dockerfile.lineage(each) for each in sorted(targets.get(path, {""})))
        for path, dockerfile in sorted(platform.dockerfiles.items())
    }
