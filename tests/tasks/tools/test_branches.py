"""A branch is made beside the user's work: nothing that they see or run is touched."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tasks.tools.branches import BranchError, Commit, Made, make

if TYPE_CHECKING:
    from pathlib import Path

WEB, ODD = "web.yaml", "a dir/\u00e9.yaml"
BEFORE = {WEB: b"a: 1\r\nb: 2\r\n", ODD: b"c: 3\n"}
FIRST = Commit("Change web\n\nBecause.\n", {WEB: b"a: 2\r\nb: 2\r\n"})
SECOND = Commit("Change both\n", {WEB: b"a: 2\r\nb: 3\r\n", ODD: b"c: 4\n"})


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words],  # noqa: S607  # the git of this machine
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the platform in a folder, and settings that run a trap."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "repo"
    for name, data in BEFORE.items():
        path = folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "shop" / WEB).chmod(0o755)
    git(folder.parent, "init", "-q", "-b", "main", "repo")
    git(folder, "config", "user.name", "Ann")
    git(folder, "config", "user.email", "ann@shop.example")
    git(folder, "config", "core.autocrlf", "false")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "A state")
    return folder


def _state(repo: Path) -> dict[str, object]:
    """All that a branch must leave alone, with the times of files."""
    files = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in repo.rglob("*.yaml")}
    head = (repo / ".git/HEAD").read_text(), git(repo, "rev-parse", "HEAD")
    return {"files": files, "index": (repo / ".git/index").read_bytes(), "head": head}


def _make(repo: Path, name: str = "cmi/fixes", *commits: Commit) -> Made:
    return make([repo / "shop"], name, commits or (FIRST, SECOND), BEFORE)


def test_each_change_is_a_commit_with_its_message_mode_and_author(repo: Path) -> None:
    before = _state(repo)
    made = _make(repo)

    assert (made.commits, made.already) == (2, False)
    log = git(repo, "log", "--format=%an <%ae> %B", "main..cmi/fixes")
    assert log.split("\n\n") == [
        "Ann <ann@shop.example> Change both",
        "Ann <ann@shop.example> Change web",
        "Because.",
    ]
    assert git(repo, "ls-tree", "cmi/fixes", f"shop/{WEB}").startswith("100755 ")
    shown = git(repo, "diff", "--name-only", "-z", "main", "cmi/fixes").split("\0")
    assert sorted(filter(None, shown)) == sorted(f"shop/{name}" for name in BEFORE)
    assert _state(repo) == before


def test_the_bytes_are_those_that_were_meant(repo: Path) -> None:
    _make(repo)
    git(repo, "checkout", "-q", "cmi/fixes")

    assert (repo / "shop" / WEB).read_bytes() == b"a: 2\r\nb: 3\r\n"
    assert (repo / "shop" / ODD).read_bytes() == b"c: 4\n"


def test_the_commits_are_those_that_git_makes_one_by_one(repo: Path) -> None:
    made = _make(repo)
    git(repo, "checkout", "-q", "-b", "by-hand")
    for commit in (FIRST, SECOND):
        for name, data in commit.files.items():
            (repo / "shop" / name).write_bytes(data)
        git(repo, "add", "--all")
        when = git(repo, "show", "-s", "--format=%cI", made.base)
        subprocess.run(
            ["git", "commit", "-q", "-m", commit.message, "--date", when],  # noqa: S607  # as above
            cwd=repo,
            check=True,
            env={**os.environ, "GIT_COMMITTER_DATE": when},
        )

    assert git(repo, "rev-parse", "by-hand") == made.tip


def test_no_other_reference_comes_into_the_repository(repo: Path) -> None:
    before = git(repo, "for-each-ref", "--format=%(refname)").splitlines()
    _make(repo)

    after = git(repo, "for-each-ref", "--format=%(refname)").splitlines()
    assert sorted(after) == sorted([*before, "refs/heads/cmi/fixes"])
    assert git(repo, "fsck", "--strict") == ""


def test_the_same_again_is_no_new_branch(repo: Path) -> None:
    first, again = _make(repo), _make(repo)

    assert again == Made("cmi/fixes", first.base, first.tip, 2, already=True)


def test_another_content_never_replaces_a_branch(repo: Path) -> None:
    made = _make(repo)

    with pytest.raises(BranchError, match="There is a branch cmi/fixes already"):
        _make(repo, "cmi/fixes", FIRST)
    with pytest.raises(BranchError, match="There is a branch main already"):
        _make(repo, "main")
    assert git(repo, "rev-parse", "cmi/fixes") == made.tip


def test_no_hook_filter_or_signature_runs(repo: Path) -> None:
    hooks = repo / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "pre-commit", "commit-msg", "post-commit"):
        (hooks / name).write_text("#!/bin/sh\ntouch trapped\n")
        (hooks / name).chmod(0o755)
    git(repo, "config", "filter.trap.clean", "touch trapped")
    git(repo, "config", "commit.gpgSign", "true")
    git(repo, "config", "gpg.program", "/nonexistent")
    git(repo, "config", "core.fsmonitor", "touch trapped")
    (repo / ".git/info/attributes").write_text("*.yaml filter=trap\n")

    _make(repo)

    assert not list(repo.rglob("trapped"))


def test_a_file_that_is_not_committed_as_it_is_stops_all(repo: Path) -> None:
    (repo / "shop" / WEB).write_bytes(b"a: 9\n")

    with pytest.raises(BranchError, match=r"shop/web\.yaml differs from the last commit"):
        _make(repo)
    assert git(repo, "branch", "--list", "cmi/*") == ""


def test_a_change_of_another_file_does_not_matter(repo: Path) -> None:
    (repo / "notes.yaml").write_text("mine: 1\n")

    assert _make(repo).commits == 2


def test_line_ends_that_git_unifies_stay_unified(repo: Path) -> None:
    git(repo, "config", "core.autocrlf", "true")
    git(repo, "rm", "-q", "--cached", f"shop/{WEB}")
    git(repo, "add", f"shop/{WEB}")
    git(repo, "commit", "-q", "-m", "Unify")

    _make(repo)

    blob = subprocess.run(
        ["git", "cat-file", "blob", f"cmi/fixes:shop/{WEB}"],  # noqa: S607  # as above
        cwd=repo,
        check=True,
        capture_output=True,
    ).stdout
    assert blob == b"a: 2\nb: 3\n"


@pytest.mark.parametrize("name", ["-d", "a..b", "a b", "", "HEAD~1", "x.lock"])
def test_a_name_that_git_refuses_is_refused(repo: Path, name: str) -> None:
    with pytest.raises(BranchError, match="for no name of a branch"):
        _make(repo, name)


def test_without_a_name_of_their_own_commits_are_ours(repo: Path) -> None:
    git(repo, "config", "--unset", "user.name")
    _make(repo)

    assert git(repo, "log", "-1", "--format=%an", "cmi/fixes") == "cmi"


def test_no_repository_no_commit_and_no_change_are_said(tmp_path: Path, repo: Path) -> None:
    with pytest.raises(BranchError, match="does not lie in a git repository"):
        make([tmp_path], "x", [FIRST], BEFORE)
    with pytest.raises(BranchError, match="There is no change"):
        make([repo / "shop"], "x", [], BEFORE)
    git(tmp_path, "init", "-q", "empty")
    (tmp_path / "empty" / WEB).write_bytes(BEFORE[WEB])
    with pytest.raises(BranchError, match="has no commit yet"):
        make([tmp_path / "empty"], "x", [FIRST], BEFORE)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_repository_that_may_not_be_written_is_one_sentence(repo: Path) -> None:
    objects = repo / ".git/objects"
    for path in (objects, *objects.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)

    with pytest.raises(BranchError, match="git does not write the branch"):
        _make(repo)
