"""What a repository's commits hold, by git's plumbing alone.

Names, sizes and bytes come from git's objects: nothing is checked out, compared or fetched.
Nobody's settings are read but the repository's own, and what those could start (hooks,
monitors, filters, helpers that ask for a password) is named and switched off.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tasks.tools.command import SHORT_TIMEOUT, base_environment, run
from tasks.tools.sources import MAX_TOTAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MOST = 2 * MAX_TOTAL  # bytes of one answer
_QUIET = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.askPass=",
    "credential.helper=",
    "safe.directory=*",  # whose repository it is does not matter to a reader of its objects
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "fetch.unpackLimit=1",  # one file whatever comes, so that its size can be limited
    "transfer.fsckObjects=true",
)


class Stored(NamedTuple):
    """A file of a commit; links and submodules are told by their mode."""

    mode: str
    digest: str
    size: int
    name: str  # within the folder that was asked for


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of one repository: ``folder`` holds them, ``tree`` is its work tree, if any."""

    folder: Path
    tree: Path | None = None

    def ask(self, *words: str, stdin: bytes | None = None) -> bytes:
        """Ask git; "no" is an answer, and says nothing.

        Raises:
            OutputTooLargeError: the answer has more than `MOST` bytes.
            ProgramMissingError: there is no git here.
        """
        done = run(
            "git",
            *settings(),
            f"--git-dir={self.folder}",
            *words,
            timeout=SHORT_TIMEOUT,
            stdin=stdin,
            cwd=self.tree,
            env=environment(),
            max_output=MOST,
            check=False,
        )
        return done.stdout

    def said(self, *words: str) -> str:
        """Give the text of an answer."""
        return self.ask(*words).decode(errors="replace").strip()

    def commit(self, revision: str) -> str:
        """Give the name of the commit that ``revision`` means; nothing when there is none."""
        peeled = f"{revision}^{{commit}}"
        return self.said("rev-parse", "--verify", "--quiet", "--end-of-options", peeled)

    def listed(self, commit: str, inside: str) -> Iterator[Stored]:
        """List the files of a commit below ``inside``; git's own order is by name."""
        where = ("--", inside) if inside else ()
        prefix = f"{inside}/" if inside else ""
        rows = self.ask("ls-tree", "-r", "-l", "-z", "--full-tree", commit, *where)
        for row in filter(None, rows.split(b"\0")):
            about, _, name = row.partition(b"\t")
            mode, _, digest, size = about.decode().split(maxsplit=3)
            path = os.fsdecode(name).removeprefix(prefix)
            yield Stored(mode, digest, int(size) if size.isdigit() else 0, path)

    def blobs(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Read files by their digests; what the repository lacks is left out."""
        unique = list(dict.fromkeys(digests))
        if not unique:
            return {}
        asked = "".join(f"{each}\n" for each in unique).encode()
        given, at, found = self.ask("cat-file", "--batch", stdin=asked), 0, {}
        for digest in unique:
            end = given.find(b"\n", at)
            head = given[at:end]
            at = end + 1
            if end >= 0 and b" blob " in head:
                size = int(head.rpartition(b" ")[2])
                found[digest], at = given[at : at + size], at + size + 1
        return found


def settings(*more: str) -> tuple[str, ...]:
    """Give the words that switch off what a repository could start, and set ``more``."""
    return tuple(word for each in (*_QUIET, *more) for word in ("-c", each))


def environment(protocol: str = "none", **more: str) -> dict[str, str]:
    """Leave out the user's own settings, and let nothing ask, nor fetch but by ``protocol``.

    A repository's settings may allow any protocol, and one of them runs programs; what the
    environment says is stronger than they are.
    """
    return base_environment(
        HOME=os.devnull,
        XDG_CONFIG_HOME=os.devnull,
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_ALLOW_PROTOCOL=protocol,
        GIT_TERMINAL_PROMPT="0",
        GIT_ASKPASS="",
        SSH_ASKPASS="",
        GIT_NO_LAZY_FETCH="1",
        GIT_NO_REPLACE_OBJECTS="1",
        GIT_LFS_SKIP_SMUDGE="1",
        GIT_OPTIONAL_LOCKS="0",
        **more,
    )
