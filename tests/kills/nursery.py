"""Commands that are born loaded: `cmi` forked from a process that has imported it already.

Three seconds of imports a command are most of the price of a kill. Nothing else is shared: the
nursery opens no connection, starts no thread, and each child runs the command's own entrance.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class Child:
    """One command. ``code`` is its exit code, negative for a signal; None while it works."""

    pid: int
    out: Path
    err: Path

    @property
    def code(self) -> int | None:
        """Read what the nursery wrote down when the child ended."""
        try:
            return int(self.out.with_suffix(".rc").read_text() or "x")
        except (FileNotFoundError, ValueError):
            return None

    def alive(self) -> bool:
        """True until it has ended."""
        return self.code is None


class Nursery:
    """The process that children are forked from."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._number = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kills.nursery"],
            cwd=CHECKOUT,
            env=dict(environment) | {"PYTHONPATH": str(CHECKOUT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        """The process itself."""
        return self._process.pid

    def start(self, *words: str) -> Child:
        """Run `cmi` with ``words``."""
        self._number += 1
        name = f"{self._process.pid}-{self._number}"
        out, err = self._folder / f"{name}.out", self._folder / f"{name}.err"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(out), str(err), list(words)]) + "\n")
        self._process.stdin.flush()
        return Child(int(self._process.stdout.readline()), out, err)

    def close(self) -> None:
        """Take no more; it leaves when its last child has ended, which it writes down."""
        assert self._process.stdin is not None
        self._process.stdin.close()


def _serve() -> None:
    """Read commands from standard input, fork each, answer its number."""
    _load()
    for line in sys.stdin:
        out, err, words = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(out, err, words)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        threading.Thread(target=_bury, args=(pid, Path(out).with_suffix(".rc"))).start()


def _load() -> None:
    """Import what the command imports when it is called."""
    import deployments.cli.choosing  # noqa: PLC0415
    import deployments.cli.foreground  # noqa: PLC0415
    import deployments.cli.main  # noqa: PLC0415
    import deployments.cli.run  # noqa: F401, PLC0415
    from tasks import resume  # noqa: PLC0415

    resume.graph()


def _become(out: str, err: str, words: list[str]) -> None:
    for descriptor, target in ((1, out), (2, err)):
        opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from deployments.cli.main import main  # noqa: PLC0415

    code: object = 70
    try:
        main(words)
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 70)


def _bury(pid: int, place: Path) -> None:
    _, status = os.waitpid(pid, 0)
    place.write_text(str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    _serve()
