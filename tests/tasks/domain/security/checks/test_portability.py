from __future__ import annotations

import pytest

from tasks.domain.platform.containers import Build, Mount
from tasks.domain.platform.model import Dependency
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    container,
    hits,
    of,
    platform,
    service,
    sited,
    subjects,
)


def test_one_kind_of_processor_is_named() -> None:
    (hit,) = hits("single-architecture", platform(service(architecture=sited("linux/amd64"))))

    assert hit.facts == {"architecture": "linux/amd64"}
    assert not hits("single-architecture", platform(service()))


def test_fixed_names_are_one_finding_a_platform() -> None:
    named = [service(name, fixed_name=sited(name)) for name in ("a", "b")]

    (hit,) = hits("fixed-container-name", platform(*named, service("c")))

    assert (hit.subject, hit.facts["count"], hit.facts["of"]) == ("platform", "2", "3")


def test_what_somebody_must_have_made_before_is_told_by_its_kind() -> None:
    given = (sited("edge", "networks.edge"), sited("data", "volumes.data"))

    found = hits("external-object-needed", platform(external=given))

    assert [(each.subject, each.facts["case"]) for each in found] == [
        ("edge", "network"),
        ("data", "volume"),
    ]


@pytest.mark.parametrize(
    ("source", "found"), [("web", 1), ("./web", 1), (".", 1), ("conf", 0), ("/srv/web", 0)]
)
def test_an_image_covered_by_its_own_source_is_a_finding(source: str, found: int) -> None:
    built = container(
        build=Build("./web", PLACE, "b"), mounts=(Mount("bind", source, "/app", PLACE, "m"),)
    )

    assert len(hits("source-mounted", of(built))) == found


def test_a_pulled_image_covers_no_source() -> None:
    pulled = container(mounts=(Mount("bind", ".", "/app", PLACE, "m"),))

    assert not hits("source-mounted", of(pulled))


def test_links_are_one_finding_a_service_that_names_them_all() -> None:
    old = tuple(sited(name) for name in ("db", "cache"))
    new = Dependency("queue", PLACE, "d")

    linked = platform(service("web", links=old), service("api", depends_on=(new,)))

    assert subjects("legacy-links", linked) == ["web"]
    assert hits("legacy-links", linked)[0].facts == {"targets": "db, cache"}
