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


def image_health(platform: Platform, container: Container) -> HealthProbe | None:
    """Give the health check that the image brings along."""
    stage = final_stage(platform, container)
    return stage.health if stage else None
