import hashlib
import subprocess
import sys
import zipfile
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


def _wheel(folder: Path, name: str, version: str, *, requires: str = "") -> str:
    """Write an empty package; return its hash."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{about}/METADATA", f"{metadata}Provides-Extra: more\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_release_newer_than_the_lock_changes_nothing(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    index.mkdir()
    tool = _wheel(index, "tool", "1.0", requires="base[more]>=1.0")
    base = _wheel(index, "base", "1.0")
    _wheel(index, "base", "1.1")
    (checkout / "requirements.lock").write_text(
        f"base==1.0 --hash=sha256:{base}\ntool==1.0 --hash=sha256:{tool}\n"
    )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))

    assert ensure(checkout, with_tests=True) == 0

    assert list(checkout.glob(".venv/lib/*/site-packages/base-1.0.dist-info"))


def test_the_lock_lacks_nothing_that_a_package_needs() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout
