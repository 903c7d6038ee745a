from __future__ import annotations

import errno
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from deployments.cli.apply import apply
from deployments.cli.applying import ApplyError
from tasks.domain.candidates import Edit
from tasks.domain.canonical import canonical_json
from tasks.domain.patches import unified_diff
from tasks.domain.platform.nodes import Span
from tasks.domain.recipes import make
from tasks.domain.written import read_text, read_written

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
    recipe = make(
        read_text(NAME, BEFORE),
        hashlib.sha256(BEFORE).hexdigest(),
        [Edit(NAME, Span(at, at + 1), "22")],
    )
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


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """A bundle with three recipes and a patch for one file; two recipes want the same text."""
    tree, folder = tmp_path / "two", tmp_path / "bundle2"
    (folder / "recipes").mkdir(parents=True)
    (folder / "patches").mkdir()
    tree.mkdir()
    (tree / "f.yaml").write_bytes(BEFORE)
    port, name = TEXT.index("1 #"), TEXT.index("web")
    wanted = {
        "port": Edit("f.yaml", Span(port, port + 1), "22"),
        "other": Edit("f.yaml", Span(port, port + 1), "33"),
        "name": Edit("f.yaml", Span(name, name + 3), "api"),
    }
    candidates: list[dict[str, Any]] = []
    for key, edit in wanted.items():
        recipe = make(read_text("f.yaml", BEFORE), hashlib.sha256(BEFORE).hexdigest(), [edit])
        (folder / f"recipes/{key}.json").write_bytes(canonical_json(recipe))
        file = f"recipes/{key}.json"
        candidates.append({"id": key, "patch_file": None, "recipe_file": file})
    patch = unified_diff(read_written("f.yaml", BEFORE), [Edit("f.yaml", Span(6, 9), "Job")])
    (folder / "patches/kind.patch").write_text(patch)
    candidates.append({"id": "kind", "patch_file": "patches/kind.patch", "recipe_file": None})
    (folder / "bundle.json").write_text(json.dumps({"candidates": candidates}))
    return folder, tree


def test_recipes_and_patches_of_one_file_go_in_and_out_together(two: tuple[Path, Path]) -> None:
    bundle, tree = two
    ids = ("kind", "port")

    assert apply(bundle, ids, to=tree) == 0
    assert (tree / "f.yaml").read_bytes() == b"kind: Job\nname: web\nport: 22 # hunter2\n"
    assert apply(bundle, ids, to=tree, reverse=True) == 0
    assert (tree / "f.yaml").read_bytes() == BEFORE
    assert apply(bundle, ("port", "name"), to=tree) == 0
    assert apply(bundle, ("port", "name"), to=tree) == 0
    assert (tree / "f.yaml").read_bytes() == b"kind: Pod\nname: api\nport: 22 # hunter2\n"


def test_two_recipes_that_want_one_text_are_refused_and_nothing_is_lost(
    two: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, tree = two

    assert apply(bundle, ("port", "other", "name"), to=tree) == 1
    said = capsys.readouterr().err
    assert "both change the same text" in said
    assert "Nothing was written" in said
    assert "hunter2" not in said
    assert (tree / "f.yaml").read_bytes() == BEFORE


@pytest.mark.parametrize("ids", [("port",), ("port", "name"), ("name", "kind")])
def test_a_file_that_changed_meanwhile_is_kept_as_it_is(
    two: tuple[Path, Path], ids: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, tree = two
    changed = BEFORE + b"mine: 1\n"
    (tree / "f.yaml").write_bytes(changed)

    assert apply(bundle, ids, to=tree) == 1
    said = capsys.readouterr().err
    assert "f.yaml has changed since the recipe was made" in said
    assert (tree / "f.yaml").read_bytes() == changed


@pytest.mark.parametrize("ids", [("kind",), ("port", "name")])
def test_files_that_may_not_be_written_are_one_sentence(
    two: tuple[Path, Path], ids: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, tree = two
    if os.geteuid() == 0:  # root writes everywhere: let the system refuse as a read-only disk does

        def refused(*_: object, **__: object) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        monkeypatch.setattr("tasks.tools.files.tempfile.mkstemp", refused)
    else:
        tree.chmod(0o500)

    with pytest.raises(ApplyError, match="cannot be changed: ") as caught:
        apply(bundle, ids, to=tree)
    tree.chmod(0o700)
    assert "Nothing was written" in str(caught.value)
    assert (tree / "f.yaml").read_bytes() == BEFORE
    assert [each.name for each in tree.iterdir()] == ["f.yaml"]
