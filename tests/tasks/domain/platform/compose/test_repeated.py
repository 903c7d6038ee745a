"""What a list says twice, as Docker Compose 5.6 answers; it is asked again where it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tasks.domain.platform.compose.oracle import differences, docker_says, program, we_say

if TYPE_CHECKING:
    from pathlib import Path

EXTENDS = """
volumes: {{aa: , bb: , cc: }}
services:
  web: {{image: x, volumes: [{base}]}}
  cart: {{image: y, extends: {{service: web}}, volumes: [{own}]}}
"""
OTHER = """
volumes: {{aa: , bb: , cc: }}
services: {{cart: {{image: y, extends: {{file: web.yaml, service: web}}, volumes: [{own}]}}}}
"""
ALONE = """
volumes: {{aa: , bb: , cc: }}
services: {{cart: {{image: y, volumes: [{base}]}}}}
"""
LONG = "{type: volume, source: aa, target: /x}"
TURNED = "{source: aa, target: /x, type: volume}"
# What was said, what is said over it, and who is mounted in the end.
IN_ONE_FILE = [
    ("'aa:/x', 'bb:/x'", "'aa:/x'", "bb"),
    ("'aa:/x', 'bb:/x'", "'cc:/x'", "cc"),
    ("'aa:/x', 'bb:/x'", "'aa:/x:ro'", "aa"),
    ("'aa:/x', 'bb:/x'", LONG, "aa"),
    (f"{LONG}, 'bb:/x'", TURNED, "bb"),
    (f"{LONG}, 'bb:/x'", "'aa:/x'", "aa"),
    ("'aa:/x', 'bb:/x', 'aa:/x'", "'aa:/x'", "aa"),
]
OVER_A_FILE = [
    ("'aa:/x', 'bb:/x'", "'aa:/x'", "aa"),
    ("'bb:/x'", "'aa:/x', 'cc:/x', 'aa:/x'", "cc"),
    ("'aa:/x', 'bb:/x'", "'aa:/x', 'bb:/x'", "bb"),
]


def _written(folder: Path, **files: str) -> tuple[str, ...]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return ("compose.yaml",)


def _mounted(folder: Path, paths: tuple[str, ...]) -> str:
    ours = we_say(folder, paths)
    if (compose := program()) is not None:
        assert differences(docker_says(compose, folder, paths), ours) == []
    (mount,) = ours.services["cart"]["volumes"]
    return str(mount[1])


@pytest.mark.parametrize(("base", "own", "mounted"), IN_ONE_FILE)
def test_a_service_adds_to_one_of_its_own_file_what_that_does_not_say_yet(
    base: str, own: str, mounted: str, tmp_path: Path
) -> None:
    paths = _written(tmp_path, compose=EXTENDS.format(base=base, own=own))

    assert _mounted(tmp_path, paths) == mounted


@pytest.mark.parametrize(("base", "own", "mounted"), OVER_A_FILE)
def test_over_a_whole_file_a_list_is_what_that_file_came_to(
    base: str, own: str, mounted: str, tmp_path: Path
) -> None:
    over = f"services: {{cart: {{volumes: [{own}]}}}}"
    paths = _written(tmp_path, compose=ALONE.format(base=base), over=over)

    assert _mounted(tmp_path, (*paths, "over.yaml")) == mounted


@pytest.mark.parametrize(("base", "own", "mounted"), OVER_A_FILE)
def test_a_service_of_another_file_is_what_that_file_came_to(
    base: str, own: str, mounted: str, tmp_path: Path
) -> None:
    web = ALONE.format(base=base).replace("cart", "web")
    paths = _written(tmp_path, compose=OTHER.format(own=own), web=web)

    assert _mounted(tmp_path, paths) == mounted


def test_within_one_list_the_last_of_a_target_counts(tmp_path: Path) -> None:
    paths = _written(tmp_path, compose=ALONE.format(base="'aa:/x', 'bb:/x', 'aa:/x'"))

    assert _mounted(tmp_path, paths) == "aa"
