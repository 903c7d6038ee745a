"""What other repositories take from this one: a hook for pre-commit and an action for GitHub."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployments.cli import main
from tests.tasks.tools.test_history import commit, git

CHECKOUT = Path(__file__).resolve().parents[2]
SHOP = CHECKOUT / "examples/shop"
_ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
_STEPS = {step["name"]: step for step in _ACTION["runs"]["steps"]}
_HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository whose last commit is clean, with a privileged service staged."""
    repo = tmp_path / "repo"
    (repo / "deploy").mkdir(parents=True)
    git(repo, "init", "-q", "-b", "main")
    file = repo / "deploy/compose.yaml"
    file.write_text("services:\n  web:\n    image: nginx:1.27\n", encoding="utf-8")
    commit(repo)
    file.write_text(file.read_text(encoding="utf-8") + "    privileged: true\n", encoding="utf-8")
    git(repo, "add", "--all")
    return repo


def _hook(name: str) -> dict[str, Any]:
    return next(each for each in _HOOKS if each["id"] == name)


@pytest.mark.parametrize("hook", _HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_starts_a_command_that_the_package_installs(hook: dict[str, Any]) -> None:
    command, verb, *_ = shlex.split(hook["entry"])

    assert f'\n{command} = "deployments.cli.entrance:main"\n' in (
        CHECKOUT / "pyproject.toml"
    ).read_text(encoding="utf-8")
    assert verb in {verb for verb, _, _ in main.COMMANDS}
    assert hook["language"] == "python"


def test_the_hook_stops_a_commit_that_brings_a_grave_finding(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repo)
    _, *words = shlex.split(_hook("cmi-check")["entry"])

    assert main.call([*words, "deploy", "--lang", "en"]) == 1
    assert "[privileged-container]" in capsys.readouterr().out
    commit(repo)
    assert main.call([*words, "deploy"]) == 0, "nothing is staged any more"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("compose.yaml", True),
        ("deploy/Chart.yml", True),
        ("web/Dockerfile", True),
        ("web/Dockerfile.prod", True),
        ("web.dockerfile", True),
        ("a/.env", True),
        ("db.env", True),
        ("src/main.py", False),
        ("README.md", False),
    ],
)
def test_the_hook_wakes_for_files_that_may_define_a_platform(name: str, *, wanted: bool) -> None:
    assert bool(re.search(_hook("cmi-check")["files"], name)) is wanted


def test_the_action_uses_no_other_action_and_puts_no_input_into_a_script() -> None:
    for step in _ACTION["runs"]["steps"]:
        assert "uses" not in step
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


@pytest.mark.parametrize("step", _STEPS.values(), ids=lambda step: step["name"])
def test_each_script_of_the_action_is_sound_bash(step: dict[str, Any]) -> None:
    done = subprocess.run(
        ["bash", "-n"],  # noqa: S607  # the shell of this machine
        input=step["run"],
        text=True,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_action_answers_with_remarks_summary_sarif_and_code(repo: Path, tmp_path: Path) -> None:
    answer = _check(repo, tmp_path, path="deploy", changed_since="HEAD")

    assert answer.returncode == 1
    assert "::error file=deploy/compose.yaml,line=4,col=17," in answer.stdout
    assert "privileged-container" in (tmp_path / "summary").read_text(encoding="utf-8")
    assert (tmp_path / "output").read_text(encoding="utf-8").splitlines() == [
        "code=1",
        f"sarif={tmp_path}/cmi.sarif",
    ]
    assert (tmp_path / "cmi.sarif").stat().st_size > 1000


def test_an_input_of_the_action_is_never_a_command(repo: Path, tmp_path: Path) -> None:
    answer = _check(repo, tmp_path, path=f"deploy; touch {tmp_path}/sprung", fail_on="none")

    assert answer.returncode == 2
    assert not (tmp_path / "sprung").exists()


def _check(repo: Path, temp: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's second step as a runner does, on this environment's Python."""
    python = temp / "cmi/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    defaults = {name: each["default"] for name, each in _ACTION["inputs"].items()}
    given = defaults | {name.replace("_", "-"): value for name, value in inputs.items()}
    named = {
        name: given[match[1]]
        for name, value in _STEPS["Check"]["env"].items()
        if (match := re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value))
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", _STEPS["Check"]["run"]],  # noqa: S607  # as GitHub's runner does
        cwd=repo,
        env=os.environ
        | named
        | {
            "CMI_ACTION": str(CHECKOUT),
            "RUNNER_TEMP": str(temp),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            "GITHUB_OUTPUT": str(temp / "output"),
        },
        text=True,
        capture_output=True,
        check=False,
    )
