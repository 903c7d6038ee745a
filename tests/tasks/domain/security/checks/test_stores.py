from __future__ import annotations

import pytest

from tasks.domain.platform.containers import Build, Dockerfile, Habit, Stage
from tasks.domain.security.checks.stores import is_store, keeps_data, kind_of
from tests.tasks.domain.security.checks.platforms import PLACE, container, of, sited


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        ("postgres:17", "postgres"),
        ("registry.example:5000/shop/rs-mongodb", "mongodb"),
        ("bitnami/postgresql@sha256:ab", "postgresql"),
        ("MySQL", "mysql"),
        ("prom/mongodb-exporter:1", ""),
        ("redis:7", ""),
        ("nginx", ""),
        ("", ""),
    ],
)
def test_a_store_is_told_by_the_last_word_of_its_images_name(image: str, kind: str) -> None:
    assert kind_of(image) == kind


def test_an_image_built_on_a_store_is_a_store() -> None:
    built = container(build=Build(".", PLACE, "b", dockerfile="Dockerfile"))
    file = Dockerfile("Dockerfile", (Stage(sited("postgres:17"), PLACE, "s"),))

    known, unknown = of(built, dockerfiles={"Dockerfile": file}), of(built)

    assert keeps_data(known, built) == "postgres"
    assert is_store(known, known.services[0])
    assert not is_store(unknown, unknown.services[0])


def test_an_image_that_a_server_is_installed_in_is_a_store() -> None:
    built = container(image=sited("own/broker"), build=Build(".", PLACE, "b", "Dockerfile"))
    habits = (Habit("installs", PLACE, "s", "apt-get"), Habit("store", PLACE, "s", "rabbitmq"))
    file = Dockerfile("Dockerfile", (Stage(sited("debian:12"), PLACE, "s", habits=habits),))

    assert keeps_data(of(built, dockerfiles={"Dockerfile": file}), built) == "rabbitmq"


def test_only_a_main_container_makes_its_service_a_store() -> None:
    store = container(image=sited("postgres:17"))
    helper = container("wait", role="init", image=sited("postgres:17"))
    with_helper, with_store = of(container(), helper), of(store)

    assert is_store(with_store, with_store.services[0])
    assert not is_store(with_helper, with_helper.services[0])
