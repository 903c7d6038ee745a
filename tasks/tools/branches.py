"""A git branch with one commit for each change, made beside the user's work.

Only objects and one reference are written: the work tree, the index and HEAD stay
as they are, no hook, filter or monitor runs. All commits are one stream to one
process, which writes objects into the user's repository and its references into
one that is thrown away. Dates are those of the commit that the
branch begins at, so that the same changes give the same commits again.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.tools.command import SHORT_TIMEOUT, base_environment, run
from tasks.tools.errors import PermanentToolError, ProgramFailedError
from tasks.tools.history import repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Nothing of the repository's settings may execute anything, whoever it belongs to.
_OPTIONS = (
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.attributesFile=", "-c", "safe.directory=*"),
)
_FILES = ("100644", "100755")
_OURS = "refs/heads/cmi"  # in the repository that is thrown away
_MANY = timedelta(minutes=5)  # for ten thousand commits of a large file
# Who wrote a commit, where the user's settings do not say it.
_AUTHOR, _ADDRESS = "cmi", "cmi@localhost"


class BranchError(PermanentToolError):
    """The branch cannot be made."""

    exit = Exit.USAGE


@dataclass(frozen=True, slots=True)
class Commit:
    """One change: its message, and its files as they are afterwards, named within the source."""

    message: str
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a branch."""

    name: str
    base: str
    tip: str
    commits: int
    already: bool = False


def make(
    paths: Sequence[Path], name: str, commits: Sequence[Commit], before: Mapping[str, bytes]
) -> Made:
    """Make branch ``name`` at HEAD with ``commits``; ``before`` is what the changes were made for.

    Raises:
        BranchError: No repository, a name that git refuses or that is taken by something
            else, nothing to commit, or a file that differs from HEAD.
        ProgramMissingError: There is no git here.
    """
    top, inner = repository(paths)
    if not (top / ".git").exists():
        what = f"{top} does not lie in a git repository."
        raise BranchError(what, "Make one with `git init`, and commit, or take the patches.")
    if not commits:
        what = f"There is no change to put on the branch {name}."
        raise BranchError(what, "`cmi check` lists the changes.")
    with tempfile.TemporaryDirectory(prefix="cmi-branch-") as folder:
        git = _Git(top, Path(folder))
        return _made(git, name, commits, _originals(git, inner, commits, before))


def _made(
    git: _Git, name: str, commits: Sequence[Commit], originals: Mapping[str, _Original]
) -> Made:
    if name.startswith("-") or not git.ask("check-ref-format", f"refs/heads/{name}", answer="0"):
        what = f"git takes {name!r} for no name of a branch."
        raise BranchError(what, "Use letters, digits, dashes and slashes.")
    base = git.say("rev-parse", "--verify", "HEAD^{commit}")
    tip = git.commit(base, b"".join(_stream(base, git.signed(base), commits, originals)))
    there = git.ask("rev-parse", "-q", "--verify", f"refs/heads/{name}")
    if there and there != tip:
        what = f"There is a branch {name} already, with other commits."
        raise BranchError(what, f"Name another one, or remove it: `git branch -D {name}`.")
    if not there:
        git.say("update-ref", f"refs/heads/{name}", tip, "0" * len(tip))
    return Made(name, base, tip, len(commits), bool(there))


@dataclass(frozen=True, slots=True)
class _Original:
    """A file as HEAD has it."""

    path: str
    mode: str
    unified: bool  # git stores it with other line ends than it has here


def _originals(
    git: _Git, inner: str, commits: Sequence[Commit], before: Mapping[str, bytes]
) -> dict[str, _Original]:
    """Find each file in HEAD; what was changed and not committed is not ours to commit."""
    if not git.ask("rev-parse", "-q", "--verify", "HEAD^{commit}"):
        what = f"The repository {git.top} has no commit yet."
        raise BranchError(what, "Commit the files first.")
    found: dict[str, _Original] = {}
    for file in dict.fromkeys(file for commit in commits for file in commit.files):
        path = f"{inner}/{file}" if inner else file
        mode, _, rest = git.ask("ls-tree", "-z", "HEAD", "--", path).partition(" blob ")
        stored = git.blob(rest[: rest.find("\t")]) if mode in _FILES else None
        now, asked = _read(git.top / path), before[file]
        unified = asked.replace(b"\r\n", b"\n")
        if stored not in (asked, unified) or now != asked:
            what = f"{path} differs from the last commit, or changed meanwhile."
            raise BranchError(what, "Commit or stash it first, then ask again.")
        found[file] = _Original(path, mode, stored != asked)
    return found


def _stream(
    base: str,
    signed: Sequence[str],
    commits: Sequence[Commit],
    originals: Mapping[str, _Original],
) -> Iterator[bytes]:
    """Write the commits as `git fast-import` reads them: counted bytes, nothing to escape."""
    yield b"feature done\n"
    for number, commit in enumerate(commits):
        yield f"commit {_OURS}\nmark :{number + 1}\n".encode()
        yield "".join(f"{line}\n" for line in signed).encode(errors="surrogateescape")
        yield _counted(commit.message.encode())
        yield f"from {f':{number}' if number else base}\n".encode()
        for file, data in commit.files.items():
            original = originals[file]
            yield f"M {original.mode} inline {_quoted(original.path)}\n".encode(
                errors="surrogateescape"
            )
            yield _counted(data.replace(b"\r\n", b"\n") if original.unified else data)
    yield b"done\n"


def _counted(data: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(data), data)


def _quoted(path: str) -> str:
    """Quote a path: a line end or a quotation mark in it would end it otherwise."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


class _Git:
    """git on the user's repository, which keeps its index, its work tree and its references."""

    def __init__(self, top: Path, folder: Path) -> None:
        self.top = top
        self._folder = folder
        self._environment = base_environment(
            HOME=os.environ.get("HOME", os.devnull),
            GIT_ALLOW_PROTOCOL="none",
            GIT_TERMINAL_PROMPT="0",
        )

    def ask(self, *words: str, answer: str = "") -> str:
        """Ask something to which "no" is an answer; ``answer`` is said for a silent "yes"."""
        done = run(
            "git",
            *_OPTIONS,
            *words,
            timeout=SHORT_TIMEOUT,
            cwd=self.top,
            env=self._environment,
            check=False,
        )
        said = done.stdout.decode(errors="surrogateescape").strip("\n\0")
        return (said or answer) if done.exit_code == 0 else ""

    def say(
        self,
        *words: str,
        stdin: bytes | None = None,
        timeout: timedelta = SHORT_TIMEOUT,
        more: Mapping[str, str] | None = None,
    ) -> str:
        """Do something that has to succeed."""
        try:
            done = run(
                "git",
                *_OPTIONS,
                *words,
                timeout=timeout,
                stdin=stdin,
                cwd=self.top,
                env={**self._environment, **(more or {})},
            )
        except ProgramFailedError as error:
            said = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
            what = f"git does not write the branch: {said[:300]}"
            raise BranchError(what, "See to the repository, then ask again.") from error
        return done.stdout.decode().strip()

    def blob(self, digest: str) -> bytes:
        """Read a file's bytes as they are stored."""
        return run(
            "git",
            *_OPTIONS,
            "cat-file",
            "blob",
            digest,
            timeout=SHORT_TIMEOUT,
            cwd=self.top,
            env=self._environment,
        ).stdout

    def signed(self, base: str) -> tuple[str, str]:
        """Give author and committer of the commits, dated as ``base`` is."""
        when = self.say("show", "-s", "--no-show-signature", "--format=%cd", "--date=raw", base)
        known = self.ask("config", "user.name") and self.ask("config", "user.email")
        name = {} if known else {"NAME": _AUTHOR, "EMAIL": _ADDRESS}
        lines = []
        for role in ("AUTHOR", "COMMITTER"):
            more = {f"GIT_{role}_{key}": each for key, each in {**name, "DATE": f"@{when}"}.items()}
            lines.append(f"{role.lower()} {self.say('var', f'GIT_{role}_IDENT', more=more)}")
        return lines[0], lines[1]

    def commit(self, base: str, stream: bytes) -> str:
        """Let one process make all commits of ``stream``; give the last one.

        References and settings are those of an empty repository in our folder, so
        that only objects come into the user's.
        """
        objects = str(self.top / self.say("rev-parse", "--git-path", "objects"))
        form = self.ask("rev-parse", "--show-object-format")  # no answer of an old git: SHA-1
        ours = [f"--object-format={form}"] if form not in {"", "sha1"} else []
        own = str(self._folder / "own")
        self.say("init", "-q", "--bare", "--template=", *ours, own)
        inside = {"GIT_DIR": own, "GIT_OBJECT_DIRECTORY": objects}
        self.say("fast-import", "--quiet", "--done", stdin=stream, timeout=_MANY, more=inside)
        return self.say("rev-parse", "--verify", _OURS, more=inside)
