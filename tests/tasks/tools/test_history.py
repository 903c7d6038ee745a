from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tasks.tools.history import HEAD, Changes, HistoryError, changes, repository
from tasks.tools.sources import read_source

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with a platform in a folder that needs quoting, and one commit."""
    inner = tmp_path / "a platform"
    inner.mkdir()
    _write(inner, "compose.yaml", "services: {}\n")
    _write(inner, "Dockerfile", "FROM alpine\n")
    _write(tmp_path, ".gitignore", ".env\n")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *words: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    done = subprocess.run(
        ["git", *names, *words],  # noqa: S607  # the git of this machine
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "A state")
    return git(folder, "rev-parse", HEAD)


def _write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_bytes(text.encode())


def _changes(repo: Path, since: str = HEAD) -> Changes:
    folder = repo / "a platform"
    return changes([folder], read_source([folder]), (), since)


def test_nothing_differs_from_a_fresh_commit(repo: Path) -> None:
    assert _changes(repo).former == {}


def test_changed_new_and_removed_files_are_named_with_what_they_were(repo: Path) -> None:
    folder = repo / "a platform"
    _write(folder, "compose.yaml", "services: {web: {}}\n")
    _write(folder, "compose.override.yaml", "services: {}\n")
    (folder / "Dockerfile").unlink()

    found = _changes(repo)

    assert found.former == {
        "Dockerfile": b"FROM alpine\n",
        "compose.override.yaml": None,
        "compose.yaml": b"services: {}\n",
    }


def test_what_is_staged_counts_as_what_is_not(repo: Path) -> None:
    _write(repo / "a platform", "compose.yaml", "services: {web: {}}\n")
    git(repo, "add", "--all")

    assert set(_changes(repo).former) == {"compose.yaml"}


def test_the_source_before_is_the_commits(repo: Path) -> None:
    folder = repo / "a platform"
    _write(folder, "compose.yaml", "services: {web: {}}\n")
    _write(folder, "new.yaml", "a: 1\n")
    (folder / "Dockerfile").unlink()
    source = read_source([folder])

    before = changes([folder], source, (), HEAD).before(source)

    assert dict(before.files) == {
        "Dockerfile": b"FROM alpine\n",
        "compose.yaml": b"services: {}\n",
    }
    assert "Dockerfile" in before.files
    assert "new.yaml" not in before.files
    assert len(before.files) == 2


def test_what_git_ignores_never_changed(repo: Path) -> None:
    _write(repo / "a platform", ".env", "A=1\n")

    assert _changes(repo).former == {}


def test_other_line_ends_of_a_checkout_are_no_change(repo: Path) -> None:
    _write(repo / "a platform", "compose.yaml", "services: {}\r\n")

    assert _changes(repo).former == {}


def test_a_branch_is_compared_where_both_parted(repo: Path) -> None:
    folder = repo / "a platform"
    git(repo, "checkout", "-q", "-b", "mine")
    _write(folder, "compose.yaml", "services: {web: {}}\n")
    commit(repo)
    git(repo, "checkout", "-q", "main")
    _write(folder, "Dockerfile", "FROM debian\n")
    commit(repo)
    git(repo, "checkout", "-q", "mine")

    assert set(_changes(repo, "main").former) == {"compose.yaml"}


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    _write(tmp_path, "compose.yaml", "services: {}\n")

    found = changes([tmp_path], read_source([tmp_path]), (), HEAD)

    assert found.former == {"compose.yaml": None}


@pytest.mark.parametrize("since", ["nowhere", "--output=x", "HEAD^9"])
def test_a_commit_that_is_not_there_is_refused_with_a_remedy(repo: Path, since: str) -> None:
    with pytest.raises(HistoryError, match=r"no commit .*Fetch it first"):
        _changes(repo, since)


def test_without_a_repository_a_baseline_is_offered(tmp_path: Path) -> None:
    _write(tmp_path, "compose.yaml", "services: {}\n")

    with pytest.raises(HistoryError, match="--new-only"):
        changes([tmp_path], read_source([tmp_path]), (), HEAD)


def test_nothing_that_the_repositorys_settings_name_is_started(repo: Path) -> None:
    folder, trap = repo / "a platform", repo / "sprung"
    _write(repo, "trap", f"#!/bin/sh\ntouch '{trap}'\ncat\n")
    (repo / "trap").chmod(0o755)
    for key in ("core.fsmonitor", "filter.t.clean", "filter.t.smudge", "diff.t.textconv"):
        git(repo, "config", key, str(repo / "trap"))
    _write(repo, ".gitattributes", "*.yaml filter=t diff=t\n")
    _write(folder, "compose.yaml", "services: {web: {}}\n")

    found = _changes(repo)

    assert set(found.former) == {"compose.yaml"}
    assert not trap.exists()
    git(repo, "status")
    assert trap.exists(), "the trap catches nobody: this test proves nothing"


def test_the_repository_is_the_nearest_one_above(repo: Path) -> None:
    assert repository([repo / "a platform"]) == (repo, "a platform")
    assert repository([repo]) == (repo, "")
