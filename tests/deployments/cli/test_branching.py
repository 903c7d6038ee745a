"""`cmi check --branch` and `cmi apply --branch`, as a user types them."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.commands import cmi

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    "services:\n  web:\n    image: a:1\n    privileged: true # for now\n    environment:\n"
    "      PASSWORD: hunter2hunter2\n  api:\n    image: b:1\n    tty: true\n"
)


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=Ann", "-c", "user.email=ann@shop.example")
    return subprocess.run(
        ["git", *settings, *words],  # noqa: S607  # the git of this machine
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(TEXT)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-q", "-m", "A state")
    return tmp_path


def test_a_check_makes_a_branch_with_recipes_and_leaves_the_work_tree(repo: Path) -> None:
    answer = cmi(repo, "check", ".", "--branch", "cmi/fixes", LC_ALL="C.UTF-8")
    subjects = git(repo, "log", "--format=%s", "main..cmi/fixes").splitlines()

    assert answer.returncode == 0, answer.stderr
    assert f"Branch cmi/fixes: {len(subjects)} commits" in answer.stderr
    assert "Drop the privileged mode: web" in subjects
    assert "privileged: false # for now" in git(repo, "show", "cmi/fixes:compose.yaml")
    assert "hunter2" not in git(repo, "log", "--format=%B", "cmi/fixes")
    assert git(repo, "status", "--porcelain") == ""
    assert (repo / "compose.yaml").read_text() == TEXT
    again = cmi(repo, "check", ".", "--branch", "cmi/fixes", LC_ALL="C.UTF-8")
    assert "is there already" in again.stderr


def test_a_branch_of_one_kind_in_chinese(repo: Path) -> None:
    words = ("--branch", "one", "--patch", "restart-policy", "--lang", "zh")
    answer = cmi(repo, "check", ".", *words)

    assert answer.returncode == 0, answer.stderr
    assert "\u5206\u652f one" in answer.stderr
    assert len(git(repo, "log", "--format=%s", "main..one").splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--branch", "a..b"), "for no name of a branch"),
        (("--branch", "main"), "There is a branch main already"),
        (("--branch", "x", "--json"), "answers in words"),
        (("--branch", "x", "--patch", "no-such-kind"), "There is no change"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    repo: Path, words: tuple[str, ...], sentence: str
) -> None:
    answer = cmi(repo, "check", ".", *words, LC_ALL="C.UTF-8")

    assert answer.returncode in {1, 2}
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert git(repo, "branch", "--list").split() == ["*", "main"]


def test_a_dirty_file_makes_no_branch(repo: Path) -> None:
    (repo / "compose.yaml").write_text(TEXT.replace("a:1", "a:2"))
    answer = cmi(repo, "check", ".", "--branch", "x", LC_ALL="C.UTF-8")

    assert "compose.yaml differs from the last commit" in answer.stderr
    assert git(repo, "branch", "--list", "x") == ""


def test_a_bundles_changes_become_commits(repo: Path, tmp_path: Path) -> None:
    answer = cmi(repo, "check", ".", "--json", LC_ALL="C.UTF-8")
    found = [c for c in json.loads(answer.stdout)["candidates"] if c["kind"] == "restart-policy"]
    bundle = tmp_path / "bundle"
    (bundle / "patches").mkdir(parents=True)
    listed = []
    for each in found:
        patch = cmi(repo, "check", ".", "--patch", each["id"], LC_ALL="C.UTF-8").stdout
        (bundle / f"patches/{each['id']}.patch").write_text(patch)
        file = f"patches/{each['id']}.patch"
        listed.append({"id": each["id"], "patch_file": file, "recipe_file": None})
    (bundle / "bundle.json").write_text(json.dumps({"candidates": listed}))
    ids = [each["id"] for each in listed]

    applied = cmi(repo, "apply", str(bundle), *ids, "--branch", "b", "--json", LC_ALL="C.UTF-8")
    document = json.loads(applied.stdout)

    assert applied.returncode == 0, applied.stderr
    assert document["branch"]["commits"] == 2
    assert git(repo, "rev-parse", "b") == document["branch"]["tip"]
    assert git(repo, "show", "b:compose.yaml").count("restart: unless-stopped") == 2
    assert (repo / "compose.yaml").read_text() == TEXT
    back = cmi(repo, "apply", str(bundle), *ids, "--branch", "b", "--reverse", LC_ALL="C.UTF-8")
    assert "takes none back" in back.stderr
