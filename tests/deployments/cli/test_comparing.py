from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deployments.cli import main
from tasks.domain.exits import Exit
from tests.tasks.tools.test_history import commit, git

if TYPE_CHECKING:
    from pathlib import Path

_COMPOSE = """\
services:
  web: {build: ., ports: ["8080:80"]}
  db: {image: "postgres:17"}
"""
_DOCKERFILE = "FROM nginx:1.27\nHEALTHCHECK CMD curl -f http://127.0.0.1/\nUSER 101\n"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(_COMPOSE, encoding="utf-8")
    (tmp_path / "Dockerfile").write_text(_DOCKERFILE, encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path)
    return tmp_path


def _found(repo: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    main.call(["check", str(repo), "--json", *options])
    read: dict[str, Any] = json.loads(capsys.readouterr().out)
    return read


def test_an_untouched_platform_passes_and_says_what_it_left_out(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = len(_found(repo, capsys)["findings"])

    found = _found(repo, capsys, "--changed", "--fail-on", "info")

    assert found["exit"]["code"] == Exit.DONE
    assert found["findings"] == found["candidates"] == []
    assert found["left_out"]["changed_files"] == []
    assert found["left_out"]["elsewhere"] == every > 0


def test_a_change_shows_the_findings_of_its_file_alone(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (repo / "Dockerfile").open("a", encoding="utf-8") as file:
        file.write("RUN curl https://example.org/x | sh\n")

    found = _found(repo, capsys, "--changed")

    assert found["left_out"]["changed_files"] == ["Dockerfile"]
    assert {each["where"]["file"] for each in found["findings"]} == {"Dockerfile"}
    assert "pipe-to-shell" in {each["check"] for each in found["findings"]}


def test_a_finding_that_a_change_brought_elsewhere_is_shown(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "Dockerfile").write_text(_DOCKERFILE.replace("USER 101\n", ""), encoding="utf-8")

    found = _found(repo, capsys, "--changed")

    brought = [f for f in found["findings"] if f["where"]["file"] == "compose.yaml"]
    assert [(f["check"], f["subject"]) for f in brought] == [("runs-as-root", "web")]


def test_a_pull_request_is_compared_with_its_branch(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repo, "checkout", "-q", "-b", "mine")
    (repo / "compose.yaml").write_text(_COMPOSE + "  cache: {image: redis}\n", encoding="utf-8")
    commit(repo)

    assert _found(repo, capsys, "--changed")["findings"] == []
    found = _found(repo, capsys, "--changed-since", "main")

    assert {each["where"]["file"] for each in found["findings"]} == {"compose.yaml"}
    assert found["left_out"]["since"].startswith("main (")


def test_the_command_of_a_fix_changes_only_what_was_shown(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = repo.parent / f"{repo.name}.json"
    main.call(["check", str(repo), "--write-baseline", str(baseline)])
    (repo / "compose.yaml").write_text(_COMPOSE + "  cache: {image: redis:8}\n", encoding="utf-8")
    capsys.readouterr()

    options = ["--new-only", "--baseline", str(baseline)]
    main.call(["check", str(repo), *options, "--lang", "en"])
    told = " ".join(capsys.readouterr().out.split())
    main.call(["check", str(repo), *options, "--patch", "no-new-privileges"])
    patch = capsys.readouterr().out

    assert "--new-only --baseline" in told.replace("\\ ", "")
    added = [line for line in patch.splitlines() if line.startswith("+ ")]
    assert added == ["+  cache: {image: redis:8, security_opt: [no-new-privileges:true]}"]


def test_news_since_a_commit_leave_out_what_its_files_had_before(
    repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repo / "compose.yaml").write_text(
        _COMPOSE.replace("db: {", "db: {privileged: true, "), encoding="utf-8"
    )

    found = _found(repo, capsys, "--changed", "--new-only")

    assert [each["check"] for each in found["findings"]] == ["privileged-container"]


def test_both_limits_hold_together(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = str(repo.parent / f"{repo.name}.json")
    main.call(["check", str(repo), "--write-baseline", baseline])
    (repo / "compose.yaml").write_text(_COMPOSE + "# a word\n", encoding="utf-8")

    found = _found(repo, capsys, "--changed", "--new-only", "--baseline", baseline)

    assert found["findings"] == []
    assert found["left_out"]["known"] > 0
    assert found["left_out"]["elsewhere"] == 0


@pytest.mark.parametrize("form", ["text", "github", "markdown"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_form_says_what_was_left_out(
    repo: Path, capsys: pytest.CaptureFixture[str], form: str, lang: str
) -> None:
    every = len(_found(repo, capsys)["findings"])

    main.call(["check", str(repo), "--changed", "--format", form, "--lang", lang])

    shown = " ".join(capsys.readouterr().out.split())
    assert f" {every} " in shown


def test_a_baseline_of_another_platform_is_refused_and_says_what_to_do(
    repo: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "compose.yaml").write_text("services: {shop: {image: a}}\n", encoding="utf-8")
    baseline = str(other / "baseline.json")
    main.call(["check", str(other), "--write-baseline", baseline])

    found = _found(repo, capsys, "--new-only", "--baseline", baseline)

    assert found["exit"]["code"] == Exit.USAGE
    assert "another platform" in found["exit"]["reasons"][0]
    assert "--write-baseline" in found["exit"]["reasons"][0]


def test_outside_of_a_repository_changes_cannot_be_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(_COMPOSE, encoding="utf-8")

    assert main.call(["check", str(tmp_path), "--changed", "--lang", "en"]) == Exit.USAGE
    assert "does not lie in a git repository" in capsys.readouterr().err
