"""Make the virtual environment from the lock file. Runs on bare Python, before anything is there.

pip installs, because it obeys the machine's own configuration: index, certificates, proxies.
"""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from typing import TYPE_CHECKING

from deployments.local.layout import Layout
from deployments.local.lock import locked
from deployments.local.lockfile import without_extra
from deployments.local.speech import say
from tasks.tools.command import run_attached

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STAMP = "stamp"
_SCRIPT = """#!{python}
import sys

from deployments.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
"""
_METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def main() -> int:
    """Make or renew the environment of this checkout; `test` adds the test tools."""
    layout = Layout.find()
    with locked(layout.state / "environment.lock"):
        return ensure(layout.checkout, with_tests="test" in sys.argv[1:])


def stamp(checkout: Path, *, with_tests: bool) -> str:
    """Say what an environment was made from; start-project.sh compares it."""
    lock = (checkout / "requirements.lock").read_text(encoding="utf-8")
    return f"{checkout}\n{'test' if with_tests else 'run'}\n{lock}"


def ensure(checkout: Path, *, with_tests: bool) -> int:
    """Install what the lock file says, unless that is already so; return an exit code."""
    folder = checkout / ".venv"
    note = folder / STAMP
    made_from = note.read_text(encoding="utf-8") if note.exists() else ""
    if made_from in {
        stamp(checkout, with_tests=True),
        stamp(checkout, with_tests=with_tests),
    }:
        return 0
    with_tests = with_tests or made_from.split("\n")[1:2] == ["test"]
    say("Installing what requirements.lock lists into .venv; a minute or two.")
    note.unlink(missing_ok=True)
    if not _make(folder) or not _install(checkout, folder, with_tests=with_tests):
        return 70
    _link(checkout, folder)
    note.write_text(stamp(checkout, with_tests=with_tests), encoding="utf-8")
    return 0


def _environment() -> Mapping[str, str]:
    """Pass everything on: this is the user's own pip, with the user's own settings."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _make(folder: Path) -> bool:
    if (folder / "bin/pip").exists() and (folder / "bin/python").exists():
        return True
    shutil.rmtree(folder, ignore_errors=True)
    if run_attached(sys.executable, "-m", "venv", str(folder), env=_environment()) == 0:
        return True
    shutil.rmtree(folder, ignore_errors=True)
    say(
        "This Python cannot make virtual environments. On Debian and Ubuntu: "
        "`apt-get install python3-venv`, then try again."
    )
    return False


def _install(checkout: Path, folder: Path, *, with_tests: bool) -> bool:
    lock = (checkout / "requirements.lock").read_text(encoding="utf-8")
    if not with_tests:
        settings = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
        lock = without_extra(lock, settings["project"])
    wanted = folder / "requirements.txt"
    wanted.write_text(lock, encoding="utf-8")
    # The lock is complete. Resolving it again would let pip meet a newer release of something
    # that is also wanted with an extra (`coverage[toml]`), which no hash covers: pypa/pip#9644.
    arguments = ("--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps")
    pip = ("-m", "pip", "install", *arguments, "-r", str(wanted))
    code = run_attached(str(folder / "bin/python"), *pip, env=_environment())
    if code:
        say(
            "The installation failed; pip says why above. Without network, or behind a proxy or "
            "an index of your own, configure pip (`pip config`), then try again."
        )
    return code == 0


def _link(checkout: Path, folder: Path) -> None:
    """Make the checkout importable and put `cmi` beside Python, as an editable install would.

    By hand, because building a package would download build tools past the lock file.
    """
    settings = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    site = next((folder / "lib").glob("python3*/site-packages"))
    (site / "checkout.pth").write_text(f"{checkout}\n", encoding="utf-8")
    name = settings["name"].replace("-", "_")
    about = site / f"{name}-{settings['version']}.dist-info"
    about.mkdir(exist_ok=True)
    text = _METADATA.format(name=settings["name"], version=settings["version"])
    (about / "METADATA").write_text(text, encoding="utf-8")
    command = folder / "bin/cmi"
    command.write_text(_SCRIPT.format(python=folder / "bin/python"), encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
