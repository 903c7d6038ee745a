from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deployments.cli.applying import ALREADY, APPLIED, REFUSED, change
from tasks.domain.candidates import Edit
from tasks.domain.canonical import canonical_json
from tasks.domain.descriptions import describe
from tasks.domain.platform.nodes import Span
from tasks.domain.reporting.bundle import Bundle

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = (
    b"services:\n  web:\n    image: a:1\n    environment:\n      TOKEN: hunter2\n"
    b"    tty: true\n    # hunter2\n    init: true\n    restart: always\n"
)
AFTER = BEFORE.replace(b"tty: true", b"tty: false").replace(b"restart: always", b"restart: no")


def at(old: str, new: str) -> Edit:
    start = BEFORE.decode().index(old)
    return Edit("compose.yaml", Span(start, start + len(old)), new)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_bytes(BEFORE)
    (tmp_path / "other.yaml").write_bytes(b"a: 1\n")
    return tmp_path


@pytest.fixture
def bundle() -> Bundle:
    """What was accepted takes both a recipe and a patch; ``alone`` is the recipe by itself."""
    hidden = at("tty: true", "tty: false")
    patch, recipe = describe("compose.yaml", BEFORE, [hidden, at("always", "no")])
    files = {
        "accepted.patch": patch.encode(),
        "recipes/accepted.json": canonical_json([recipe]),
        "recipes/alone.json": canonical_json(recipe),
    }
    alone = {"id": "alone", "patch_file": None, "recipe_file": "recipes/alone.json"}
    return Bundle({"candidates": [alone]}, files)


def moved(bundle: Bundle, tree: Path, *names: str, reverse: bool = False) -> list[str]:
    made, found = change(bundle, tree, names, reverse=reverse)
    made.write()
    return [each["state"] for each in found]


def test_what_was_accepted_is_made_whole_once_and_taken_back_byte_for_byte(
    bundle: Bundle, tree: Path
) -> None:
    assert moved(bundle, tree, "accepted") == [APPLIED]
    assert (tree / "compose.yaml").read_bytes() == AFTER
    assert moved(bundle, tree, "accepted") == [ALREADY]
    assert (tree / "compose.yaml").read_bytes() == AFTER
    assert moved(bundle, tree, "accepted", reverse=True) == [APPLIED]
    assert (tree / "compose.yaml").read_bytes() == BEFORE
    assert moved(bundle, tree, "accepted", reverse=True) == [ALREADY]
    assert (tree / "compose.yaml").read_bytes() == BEFORE


def test_a_change_that_is_a_recipe_is_made_alone(bundle: Bundle, tree: Path) -> None:
    assert moved(bundle, tree, "alone") == [APPLIED]
    assert (tree / "compose.yaml").read_bytes() == BEFORE.replace(b"tty: true", b"tty: false")
    assert moved(bundle, tree, "alone", reverse=True) == [APPLIED]
    assert (tree / "compose.yaml").read_bytes() == BEFORE


def test_another_content_of_the_file_refuses_the_whole(bundle: Bundle, tree: Path) -> None:
    (tree / "compose.yaml").write_bytes(BEFORE + b"    read_only: true\n")
    _, found = change(bundle, tree, ["accepted"], reverse=False)

    assert [each["state"] for each in found] == [REFUSED]
    assert "compose.yaml has changed since the recipe was made" in found[0]["reason"]


@pytest.mark.parametrize("told", [b"{", b"[1]", b'[{"file": "x"}]', b"null", b"[" * 100_000])
def test_a_file_that_holds_no_recipes_is_refused(bundle: Bundle, tree: Path, told: Any) -> None:
    broken = Bundle(bundle.document, {**bundle.files, "recipes/accepted.json": told})
    _, found = change(broken, tree, ["accepted"], reverse=False)

    assert [each["state"] for each in found] == [REFUSED]
    assert "this is not a recipe that we wrote" in found[0]["reason"]


def test_both_parts_of_a_change_are_one_commit(bundle: Bundle, tree: Path) -> None:
    made, _ = change(bundle, tree, ["accepted"], reverse=False)

    assert [each.files for each in made.steps] == [{"compose.yaml": AFTER}]
