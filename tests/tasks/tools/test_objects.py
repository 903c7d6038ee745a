from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tasks.tools import objects
from tasks.tools.errors import OutputTooLargeError
from tasks.tools.objects import Objects, Stored, environment, settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="there is no git here")


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *who, *words],  # noqa: S607  # the git of this machine
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository with one commit: a file with a line end in its name, a link, two alike."""
    folder = tmp_path / "work"
    (folder / "k8s").mkdir(parents=True)
    for name, text in (("a.yaml", "a: 1\n"), ("k8s/b\n.yaml", "a: 1\n"), ("k8s/c.yaml", "c: 1\n")):
        (folder / name).write_text(text)
    (folder / "k8s/link").symlink_to("c.yaml")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    return folder


def test_a_folder_of_a_commit_is_listed_with_modes_and_sizes(work: Path) -> None:
    held = Objects(work / ".git")
    commit = held.commit("main")

    assert commit == git(work, "rev-parse", "HEAD")
    same, other, link = (
        git(work, "rev-parse", f"HEAD:{n}") for n in ("a.yaml", "k8s/c.yaml", "k8s/link")
    )
    assert list(held.listed(commit, "k8s")) == [
        Stored("100644", same, 5, "b\n.yaml"),
        Stored("100644", other, 5, "c.yaml"),
        Stored("120000", link, 6, "link"),
    ]
    assert next(each.name for each in held.listed(commit, "")) == "a.yaml"


def test_what_is_not_there_is_an_answer(work: Path) -> None:
    held = Objects(work / ".git")
    there = git(work, "rev-parse", "HEAD:a.yaml")

    assert held.commit("gone") == held.commit("-q") == held.commit("HEAD:a.yaml") == ""
    assert held.blobs([]) == {}
    assert held.blobs(["0" * 40, there, there, git(work, "rev-parse", "HEAD")]) == {
        there: b"a: 1\n"
    }


def test_an_answer_beyond_the_limit_is_not_taken(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "MOST", 10)
    held = Objects(work / ".git")

    with pytest.raises(OutputTooLargeError):
        held.blobs([git(work, "rev-parse", "HEAD:a.yaml")])


def test_an_object_that_is_missing_is_not_fetched_by_a_program_that_the_repository_names(
    work: Path, tmp_path: Path
) -> None:
    """A repository may promise its objects from a remote, and name a program as that remote."""
    mark, digest = tmp_path / "ran", git(work, "rev-parse", "HEAD:a.yaml")
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::touch {mark}",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
    }.items():
        git(work, "config", key, value)
    (work / ".git/objects" / digest[:2] / digest[2:]).unlink()

    assert Objects(work / ".git").blobs([digest]) == {}
    assert not mark.exists()
    # Who lets git have its way does start it: else the silence would prove nothing.
    subprocess.run(
        ["git", "cat-file", "blob", digest],  # noqa: S607
        cwd=work,
        env={**os.environ, "GIT_NO_LAZY_FETCH": "0"},
        check=False,
        capture_output=True,
    )
    assert mark.exists()


def test_one_protocol_alone_may_be_allowed() -> None:
    assert environment()["GIT_ALLOW_PROTOCOL"] == "none"
    assert environment("https", A="b").items() >= {"GIT_ALLOW_PROTOCOL": "https", "A": "b"}.items()
    assert settings("a.b=c")[-2:] == ("-c", "a.b=c")
