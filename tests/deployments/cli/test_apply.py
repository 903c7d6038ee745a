from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deployments.cli.apply import ApplyError, apply
from tasks.domain.candidates import Edit
from tasks.domain.canonical import canonical_json
from tasks.domain.patches import unified_diff
from tasks.domain.platform.nodes import Span
from tasks.domain.recipes import make
from tasks.domain.written import read_written

if TYPE_CHECKING:
    from pathlib import Path

NAME = "sub dir/é.yaml"
BEFORE = b"kind: Pod\nname: web\nport: 1 # hunter2\n"
AFTER = b"kind: Job\nname: web\nport: 1 # hunter2\n"
TEXT = BEFORE.decode()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    path = tmp_path / "tree" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(BEFORE)
    path.chmod(0o640)
    return tmp_path / "tree"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with a patch ``p``, a recipe ``r``, and the patch as the accepted set."""
    folder = tmp_path / "bundle"
    (folder / "patches").mkdir(parents=True)
    (folder / "recipes").mkdir()
    patch = unified_diff(read_written(NAME, BEFORE), [Edit(NAME, Span(6, 9), "Job")])
    at = TEXT.index("1 #")
    recipe = make(NAME, BEFORE, [Edit(NAME, Span(at, at + 1), "22")])
    (folder / "patches/p.patch").write_text(patch)
    (folder / "accepted.patch").write_text(patch)
    (folder / "recipes/r.json").write_bytes(canonical_json(recipe))
    candidates: list[dict[str, Any]] = [
        {"id": "p", "patch_file": "patches/p.patch", "recipe_file": None},
        {"id": "r", "patch_file": None, "recipe_file": "recipes/r.json"},
    ]
    (folder / "bundle.json").write_text(json.dumps({"candidates": candidates}))
    return folder


def test_a_patch_is_applied_once_and_taken_back(bundle: Path, tree: Path) -> None:
    assert apply(bundle, ("p",), to=tree) == 0
    assert (tree / NAME).read_bytes() == AFTER
    assert (tree / NAME).stat().st_mode & 0o777 == 0o640
    assert apply(bundle, ("p",), to=tree) == 0
    assert (tree / NAME).read_bytes() == AFTER
    assert apply(bundle, ("p",), to=tree, reverse=True) == 0
    assert (tree / NAME).read_bytes() == BEFORE


def test_without_ids_the_accepted_set_is_applied(bundle: Path, tree: Path) -> None:
    apply(bundle, to=tree)

    assert (tree / NAME).read_bytes() == AFTER


def test_a_recipe_is_followed_and_taken_back(bundle: Path, tree: Path) -> None:
    assert apply(bundle, ("r",), to=tree) == 0
    assert b"port: 22 # hunter2" in (tree / NAME).read_bytes()
    assert apply(bundle, ("r",), to=tree) == 0
    assert apply(bundle, ("r",), to=tree, reverse=True) == 0
    assert (tree / NAME).read_bytes() == BEFORE


def test_a_dry_run_writes_nothing(bundle: Path, tree: Path) -> None:
    assert apply(bundle, ("p", "proposed"), to=tree, dry_run=True) == 0
    assert (tree / NAME).read_bytes() == BEFORE


def test_a_refusal_writes_nothing_at_all(
    bundle: Path, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = BEFORE + b"more: 1\n"
    (tree / NAME).write_bytes(changed)

    assert apply(bundle, ("p", "r"), to=tree) == 1
    assert (tree / NAME).read_bytes() == changed
    assert "r: refused" in capsys.readouterr().err


def test_a_patch_whose_lines_changed_is_refused(bundle: Path, tree: Path) -> None:
    (tree / NAME).write_bytes(b"kind: CronJob\nname: web\n")

    assert apply(bundle, ("p",), to=tree) == 1


def test_the_answer_is_one_json_document(
    bundle: Path, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(bundle, ("p",), to=tree, as_json=True)

    assert json.loads(capsys.readouterr().out)["changes"] == [
        {"id": "p", "state": "applied", "reason": ""}
    ]


def test_an_unknown_id_is_named(bundle: Path, tree: Path) -> None:
    with pytest.raises(ApplyError, match="nope"):
        apply(bundle, ("nope",), to=tree)


def test_a_file_outside_the_root_is_not_touched(bundle: Path, tree: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_bytes(BEFORE)
    (tree / NAME).unlink()
    (tree / NAME).symlink_to(outside)

    with pytest.raises(ApplyError, match="not a file below"):
        apply(bundle, ("p",), to=tree)
    assert outside.read_bytes() == BEFORE
