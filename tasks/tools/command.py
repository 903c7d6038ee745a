"""Start programs. Nobody else in this project does.

Every program gets an argument list (no shell), an environment of its own, a time
limit and a limit on its output. Whatever it started is killed with it, because it
leads a session of its own. ``run`` is for programs that end; ``start_service`` is
for the few that shall outlive us; ``run_attached`` shows the program's own output
on our terminal.

Only the standard library is imported here at once: the first start of a bare clone
comes through this module before anything is installed. ``sh`` follows on first use.
"""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tasks.tools.bounds import Bounds, die_with
from tasks.tools.errors import (
    OutputTooLargeError,
    ProgramFailedError,
    ProgramMissingError,
    ProgramTimeoutError,
)

# 16 MiB holds the largest report that we read (a scan of a big image is about 5 MiB).
MAX_OUTPUT = 16 * 1024 * 1024
# How much of a program's complaint is worth showing to a person.
COMPLAINT_CHARACTERS = 2000
# For questions that a program answers from what it has at hand.
SHORT_TIMEOUT = timedelta(seconds=20)
# Where the log of a background program begins anew.
STARTED = "--- started ---"
# What a program may see of our environment: where things are, whom to trust, how to get out.
# Everything else (tokens, passwords, our own settings) stays here.
_VISIBLE = """
    PATH HOME USER LOGNAME SHELL TMPDIR TZ XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_CACHE_HOME
    SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE
    HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy
    DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_CERT_PATH DOCKER_TLS_VERIFY KUBECONFIG
"""

# How `sh` is to start a program: in the background, in a session of its own, no terminal,
# no copies of the output, every exit code an answer.
_MANNER: dict[str, Any] = {
    "_bg": True,
    "_bg_exc": False,
    "_new_session": True,
    "_tty_out": False,
    "_no_out": True,
    "_no_err": True,
    "_no_pipe": True,
    "_out_bufsize": 65536,
    "_err_bufsize": 65536,
    "_ok_code": list(range(-64, 256)),
    "_return_cmd": True,
}


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that ended, with what it wrote."""

    stdout: bytes
    stderr: str
    exit_code: int


def base_environment(**more: str) -> dict[str, str]:
    """Return the environment programs get by default, with ``more`` added.

    Language is fixed, because we read what programs print.
    """
    visible = {name: os.environ[name] for name in _VISIBLE.split() if name in os.environ}
    return visible | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"} | more


def find_program(name: str) -> Path | None:
    """Find a program: the user's own first, then one from a wheel in our environment."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    return Path(found) if found else None


def require_program(name: str) -> Path:
    """Find a program or say that it is missing."""
    if (path := find_program(name)) is None:
        what = f"`{name}` is not installed here."
        raise ProgramMissingError(
            what, "`cmi doctor` says what it is needed for and how to get it."
        )
    return path


def run(  # noqa: PLR0913  # the one door to programs: every limit is a named choice of the caller
    program: str,
    *args: str,
    timeout: timedelta,
    stdin: bytes | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    max_output: int = MAX_OUTPUT,
    max_memory: int | None = None,
    max_file: int | None = None,
    uid: int | None = None,
    check: bool = True,
) -> Completed:
    """Run ``program`` to its end and return what it wrote.

    ``env`` replaces the default environment as a whole; start from
    ``base_environment`` to add to it. ``max_memory`` limits the address space in bytes,
    ``max_file`` each file that it writes, ``uid`` gives up root's rights for those of that
    user. With ``check=False`` an exit code other than zero is returned instead of raised.

    Raises:
        ProgramMissingError: there is no such program.
        ProgramTimeoutError: it took longer than ``timeout``.
        OutputTooLargeError: it wrote more than ``max_output`` bytes.
        ProgramFailedError: it ended with another code than zero.
    """
    options = {
        "_cwd": str(cwd) if cwd else None,
        "_env": dict(base_environment() if env is None else env),
        "_preexec_fn": partial(_prepare, max_memory, uid, max_file, os.getpid()),
    }
    path = require_program(program)
    process = Bounds(max_output)
    done = _run_bounded((str(path), *args), process, timeout.total_seconds(), stdin, options)
    shown = f"`{Path(program).name} {' '.join(args[:2])}`".replace(" `", "`")
    _refuse_if_stopped(shown, process, timeout)
    if check and done.exit_code != 0:
        raise _failure(shown, done)
    return done


def _refuse_if_stopped(shown: str, process: Bounds, timeout: timedelta) -> None:
    if process.killer.timed_out:
        what = f"{shown} was stopped after {timeout}."
        raise ProgramTimeoutError(what, "Try again when the machine is less busy.")
    if process.stdout.full or process.stderr.full:
        what = f"{shown} wrote more than {process.max_output} bytes and was stopped."
        raise OutputTooLargeError(what, "Give it less to report on.")


def _failure(shown: str, done: Completed) -> ProgramFailedError:
    said = done.stderr.strip()[-COMPLAINT_CHARACTERS:]
    what = f"{shown} ended with {done.exit_code}" + (f": {said}" if said else ".")
    return ProgramFailedError(what, "", done.exit_code, done.stderr)


def _prepare(
    max_memory: int | None, uid: int | None, max_file: int | None = None, parent: int | None = None
) -> None:
    """Set up the child just before the program replaces it; with ``parent`` it dies with it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's `&` would have it ignored
    if max_memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))
    if max_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_file, max_file))
    if uid is not None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
    if parent is not None:
        die_with(parent)  # last: another user's rights would take it away again


def _run_bounded(
    program: tuple[str, ...],
    bounds: Bounds,
    seconds: float,
    stdin: bytes | None,
    options: dict[str, Any],
) -> Completed:
    """Run through ``sh`` with our own clock, because sh's kills only the program itself."""
    import sh  # noqa: PLC0415  # the bootstrap imports this module before sh is installed

    command = sh.Command(program[0]).bake(**_MANNER, **options)
    timer = threading.Timer(seconds, bounds.killer.time_out)
    timer.daemon = True
    timer.start()
    with tempfile.TemporaryFile() as source:
        source.write(stdin or b"")
        source.seek(0)
        try:
            running = command(*program[1:], _in=source, _out=bounds.stdout, _err=bounds.stderr)
            bounds.killer.adopt(running.pid)
            running.wait()
        finally:
            timer.cancel()
            bounds.killer.kill()  # whatever it left behind in its session ends here
    complaint = bounds.stderr.getvalue().decode(errors="replace")
    return Completed(bounds.stdout.getvalue(), complaint, int(running.exit_code))


def run_attached(
    program: str,
    *args: str,
    env: Mapping[str, str],
    cwd: Path | None = None,
    answer: Path | None = None,
) -> int:
    """Run a program on our own terminal, as if the user had typed it; return its exit code.

    No time limit and no bound: the user watches it and can interrupt it. With ``answer``,
    its standard output goes to that file instead.
    """
    path = require_program(program)
    with (
        contextlib.ExitStack() as files,
        subprocess.Popen(  # noqa: S603  # an argument list, from our own code
            [str(path), *args],
            env=dict(env),
            cwd=cwd,
            stdout=files.enter_context(answer.open("wb")) if answer else None,
        ) as process,
    ):
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the terminal sent it to the program too: let it finish its own way


@dataclass(frozen=True, slots=True)
class Service:
    """How to start a program that outlives us."""

    program: Path
    args: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    uid: int | None = None


def start_service(service: Service) -> int:
    """Start a background program in a session of its own and return its process id.

    SIGINT is put back to its default: a program started from a script with `&`
    inherits it ignored, and would then survive a polite end. Its log goes on below a line
    `STARTED`: process ids come again, most of all after a reboot.
    """
    with service.log.open("ab") as log:
        log.write(f"{STARTED}\n".encode())
        log.flush()
        process = subprocess.Popen(  # noqa: S603  # an argument list, from our own code
            [str(service.program), *service.args],
            env=dict(service.env),
            cwd=service.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(_prepare, None, service.uid),  # noqa: PLW1509  # takes no lock
        )
    process.returncode = 0  # it outlives us on purpose: no warning that it still runs
    return process.pid
