"""Data outlive their container, and files in memory have a size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]


def test_a_store_gets_a_named_volume_that_is_declared_too(attempt: Attempt) -> None:
    text = "services:\n  db:\n    image: mongo:4.4 # why\n    restart: always\n"

    found = yaml.safe_load(attempt("data-volume", text).text)

    assert found["services"]["db"]["volumes"] == ["db-data:/data/db"]
    assert found["volumes"] == {"db-data": {}}


def test_two_stores_share_the_section_of_volumes_that_is_there(attempt: Attempt) -> None:
    text = (
        "services:\n  one:\n    image: mysql:8\n    restart: always\n"
        "  two:\n    image: mariadb:10\n    restart: always\n"
        "  app:\n    image: a:1\n    volumes: [kept:/srv]\nvolumes:\n  kept:\n"
    )
    outcome = attempt("data-volume", text)

    assert len(outcome.candidates) == 2
    assert yaml.safe_load(outcome.text)["volumes"] == {"kept": None, "one-data": {}, "two-data": {}}


@pytest.mark.parametrize(
    "image", ["me/mongo-fork:1", "postgres:18", "postgres", "rabbitmq:3", "mymongo-mongodb:1"]
)
def test_no_folder_is_guessed(attempt: Attempt, image: str) -> None:
    outcome = attempt("data-volume", f"services:\n  db:\n    image: {image}\n")

    assert outcome.candidates == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tmpfs: /tmp", "tmpfs: /tmp:size=256m"),
        ("tmpfs: [/tmp:mode=1777]", "tmpfs: ['/tmp:mode=1777,size=256m']"),
        ("tmpfs:\n    - /tmp", "tmpfs:\n    - /tmp:size=256m"),
    ],
)
def test_files_in_memory_get_a_size(attempt: Attempt, before: str, after: str) -> None:
    text = f"services:\n  web:\n    image: a:1\n    {before}\n    restart: always\n"
    outcome = attempt("size-memory-files", text)

    assert yaml.safe_load(outcome.text) == yaml.safe_load(text.replace(before, after))
    assert outcome.candidates[0].patch  # a mount's path is no secret


def test_the_long_form_of_a_mount_gets_a_size(attempt: Attempt) -> None:
    text = (
        "services:\n  web:\n    image: a:1\n    volumes:\n    - type: tmpfs\n      target: /cache\n"
    )
    (mount,) = yaml.safe_load(attempt("size-memory-files", text).text)["services"]["web"]["volumes"]

    assert mount == {"type": "tmpfs", "target": "/cache", "tmpfs": {"size": "256m"}}


def test_a_pods_volume_in_memory_gets_a_limit(attempt: Attempt) -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"
        "    image: a:1\n    volumeMounts:\n    - mountPath: /tmp\n      name: tmp\n  volumes:\n"
        "  - name: other\n    emptyDir: {}\n  - name: tmp\n    emptyDir:\n      medium: Memory\n"
    )

    assert attempt("size-memory-files", text).text == text + "      sizeLimit: 256Mi\n"
