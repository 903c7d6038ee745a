from __future__ import annotations

import pytest

from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source
from tasks.tools.command import find_program
from tasks.tools.definitions import validate

COMPOSE = Entry("c", EntryKind.COMPOSE, ("compose.yaml",))


@pytest.mark.skipif(find_program("docker-compose") is None, reason="Docker Compose is missing")
def test_a_compose_file_is_judged_by_docker_compose() -> None:
    good = Source("s", {"compose.yaml": b"services: {web: {image: 'web:1'}}\n"})

    assert validate(good, COMPOSE).valid


def test_a_file_that_we_cannot_read_is_not_assessed_instead_of_valid() -> None:
    broken = Source("s", {"compose.yaml": b"services: {web: {image: *x}}\n"})

    found = validate(broken, COMPOSE)

    assert not found.valid
    assert found.not_assessed


def test_manifests_are_judged_by_the_schemas_of_kubernetes() -> None:
    pytest.importorskip("kubernetes_validate", reason="the extra `tools` is not installed")
    source = Source("s", {"a.yaml": b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n"})

    found = validate(source, Entry("k", EntryKind.KUBERNETES, ("a.yaml",)))

    assert found.problems[0].detail == "missing: containers"
