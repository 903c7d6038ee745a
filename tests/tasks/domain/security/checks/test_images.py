from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.findings import Severity
from tasks.domain.platform.containers import Build, Dockerfile, Stage
from tasks.domain.security.checks.images import tag_of
from tests.tasks.domain.security.checks.platforms import PLACE, container, hits, of, sited, subjects

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform


def _running(image: str, as_written: str = "") -> Platform:
    return of(container(image=sited(image), image_as_written=as_written or image))


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("nginx", ""),
        ("nginx:1.27", "1.27"),
        ("registry.example:5000/shop/web", ""),
        ("registry.example:5000/shop/web:2", "2"),
        ("shop/web:1@sha256:ab", "1"),
    ],
)
def test_the_port_of_a_registry_is_not_a_tag(image: str, tag: str) -> None:
    assert tag_of(image) == tag


@pytest.mark.parametrize("image", ["nginx", "nginx:latest", "quay.io:443/x/y", "app:Stable"])
def test_an_image_without_a_fixed_tag_floats(image: str) -> None:
    assert subjects("floating-image-tag", _running(image)) == ["web"]


@pytest.mark.parametrize(
    "image", ["nginx:1.27", "nginx@sha256:ab", "nginx:latest@sha256:ab", "repo.example:5000/x:v1"]
)
def test_a_version_or_a_digest_settles_it(image: str) -> None:
    assert not hits("floating-image-tag", _running(image))


@pytest.mark.parametrize(
    ("image", "written"),
    [("shop/web:", "shop/web:${TAG}"), ("shop/web", "shop/${NAME}"), ("${IMAGE}", "${IMAGE}")],
)
def test_a_tag_that_somebody_fills_in_later_is_unknown_not_floating(
    image: str, written: str
) -> None:
    assert not hits("floating-image-tag", _running(image, written))


def test_a_default_that_floats_is_floating() -> None:
    assert hits("floating-image-tag", _running("shop/web:latest", "shop/web:${TAG:-latest}"))


def test_an_image_built_here_floats_less() -> None:
    built = container(
        image=sited("shop/web:latest"),
        image_as_written="shop/web:latest",
        build=Build(".", PLACE, "build"),
    )

    (hit,) = hits("floating-image-tag", of(built))

    assert hit.severity is Severity.LOW


def test_each_floating_base_of_a_dockerfile_is_one_finding() -> None:
    stages = (
        Stage(sited("debian", path="stages[0]"), PLACE, "stages[0]", name="build"),
        Stage(sited("build", path="stages[1]"), PLACE, "stages[1]", from_stage=True),
        Stage(sited("scratch", path="stages[2]"), PLACE, "stages[2]"),
        Stage(sited("debian:12", path="stages[3]"), PLACE, "stages[3]"),
        Stage(sited("${BASE}", path="stages[4]"), PLACE, "stages[4]"),
    )
    files = {"web/Dockerfile": Dockerfile("web/Dockerfile", stages)}

    (hit,) = hits("floating-image-tag", of(dockerfiles=files))

    assert (hit.subject, hit.path) == ("web/Dockerfile", "stages[0]")
    assert hit.facts == {
        "case": "base",
        "image": "debian",
        "tag": "",
        "dockerfile": "web/Dockerfile",
    }


def _fetched(image: str, policy: str = "") -> Platform:
    pulled = sited(policy) if policy else None
    return of(container(image=sited(image), image_as_written=image, pull_policy=pulled))


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("me/a:latest", "IfNotPresent"),
        ("me/a", "IfNotPresent"),
        ("me/a:edge", ""),
        ("me/a:1", "Never"),
    ],
)
def test_an_old_copy_may_be_kept(image: str, policy: str) -> None:
    (hit,) = hits("stale-image-kept", _fetched(image, policy))

    assert hit.facts["case"] == ("never" if policy == "Never" else "stale")


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("me/a:latest", ""),
        ("me/a", "Always"),
        ("me/a:1.2", "IfNotPresent"),
        ("me/a:latest@sha256:ab", "IfNotPresent"),
        ("me/a:$TAG", "IfNotPresent"),
    ],
)
def test_a_name_that_stays_or_is_asked_for_again_is_none(image: str, policy: str) -> None:
    assert not hits("stale-image-kept", _fetched(image, policy))
