import subprocess
import sys
from pathlib import Path

import pytest

from deployments.local import environment
from deployments.local.environment import STAMP, ensure, stamp

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "some-thing"\nversion = "1.2"\n'
        "dependencies = []\n[project.optional-dependencies]\ntest = []\n"
    )
    return tmp_path


def test_an_environment_runs_our_code_and_knows_its_version(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("# nothing\n")
    (checkout / "deployments").mkdir()

    assert ensure(checkout, with_tests=False) == 0

    question = "import importlib.metadata as m, sys; print(m.version('some-thing'), sys.path[-1])"
    answer = subprocess.run(
        [checkout / ".venv/bin/python", "-c", question], check=True, capture_output=True, text=True
    )
    assert answer.stdout.split() == ["1.2", str(checkout)]
    assert (checkout / ".venv/bin/cmi").stat().st_mode & 0o111


def test_nothing_is_installed_while_the_lock_file_is_the_same(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / STAMP).write_text(stamp(checkout, with_tests=True))
    monkeypatch.setattr(environment, "_make", lambda folder: pytest.fail("installed again"))

    assert ensure(checkout, with_tests=True) == 0
    assert ensure(checkout, with_tests=False) == 0


def test_a_changed_lock_file_or_place_asks_for_an_installation(checkout: Path) -> None:
    before = stamp(checkout, with_tests=False)
    (checkout / "requirements.lock").write_text("sh==2.4.0\n")

    assert stamp(checkout, with_tests=False) != before
    assert stamp(CHECKOUT, with_tests=False) != stamp(checkout, with_tests=False)


def test_the_bootstrap_needs_nothing_but_python() -> None:
    bare = [
        sys.executable,
        "-S",
        "-c",
        "import deployments.local.environment, deployments.local.verbs",
    ]

    done = subprocess.run(bare, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
