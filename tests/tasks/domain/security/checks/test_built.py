from __future__ import annotations

import pytest

from tasks.domain.platform.containers import (
    Build,
    Dockerfile,
    HealthProbe,
    Stage,
)
from tasks.domain.security.checks.built import final_stage, image_health, layers
from tests.tasks.domain.security.checks.platforms import PLACE, container, of, sited

_HEALTH = HealthProbe("health", PLACE, "HEALTHCHECK")
_FILE = Dockerfile(
    "Dockerfile",
    (
        Stage(sited("golang:1"), PLACE, "0", name="build", user=sited("builder")),
        Stage(sited("alpine:3"), PLACE, "1", user=sited("app"), health=_HEALTH),
    ),
)


@pytest.mark.parametrize(("target", "user"), [("", "app"), ("build", "builder"), ("gone", "app")])
def test_the_stage_that_becomes_the_image_decides(target: str, user: str) -> None:
    web = container(build=Build(".", PLACE, "build", "Dockerfile", target))

    stage = final_stage(of(web, dockerfiles={"Dockerfile": _FILE}), web)

    assert stage
    assert stage.user
    assert stage.user.value == user


def test_the_images_health_check_is_known() -> None:
    web = container(build=Build(".", PLACE, "build", "Dockerfile"))

    assert image_health(of(web, dockerfiles={"Dockerfile": _FILE}), web) is _HEALTH


def test_nothing_is_claimed_of_an_image_whose_dockerfile_is_not_here() -> None:
    pulled, built = container(), container(build=Build(".", PLACE, "build", "elsewhere"))

    assert final_stage(of(pulled), pulled) is None
    assert final_stage(of(built), built) is None
    assert final_stage(of(built, dockerfiles={"elsewhere": Dockerfile("elsewhere")}), built) is None


def test_layers_are_those_of_every_stage_that_the_image_is_made_of() -> None:
    stages = (
        Stage(sited("debian:12"), PLACE, "0", name="ground"),
        Stage(sited("golang:1"), PLACE, "1", name="build"),
        Stage(sited("ground"), PLACE, "2", from_stage=True),
    )
    web = container(build=Build(".", PLACE, "build", "Dockerfile"))

    known = of(web, dockerfiles={"Dockerfile": Dockerfile("Dockerfile", stages)})

    assert layers(known, web) == (stages[0], stages[2])
    assert layers(of(web), web) == ()
    assert layers(known, container()) == ()
