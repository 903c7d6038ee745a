"""Apply and undo patches with the user's git, in a private folder.

The user's own settings, hooks and repository stay out of it: git works on a copy
of the few files that a patch names, in a temporary folder of mode 0700, with an
empty home and without any configuration.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tasks.tools.command import base_environment, run
from tasks.tools.errors import PermanentToolError, ProgramFailedError
from tasks.tools.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TIMEOUT = timedelta(seconds=60)  # a patch of 500 hunks takes 0.05 s; the rest is a busy machine
_OPTIONS = ("--whitespace=nowarn", "--verbose")
_REASONS = ("error: patch failed", "error: invalid", "error: corrupt", "error: No valid")
_AGAIN = "The files have changed since it was made; run `cmi check` again."
_MOVED = "(offset "  # git found the lines, but elsewhere


class PatchRefusedError(PermanentToolError):
    """The patch does not fit the files."""


def apply(patch: str, tree: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return ``tree`` as it is after ``patch``; ``tree`` needs the files that the patch names.

    Raises:
        PatchRefusedError: it does not fit, or names a file outside the tree.
        ProgramMissingError: there is no git here.
    """
    return _patched(patch, tree)


def reverse(patch: str, tree: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return ``tree`` as it was before ``patch``; raises as `apply`."""
    return _patched(patch, tree, "--reverse")


def _patched(patch: str, tree: Mapping[str, bytes], *options: str) -> dict[str, bytes]:
    if not patch:
        return dict(tree)
    with scratch("git") as folder:
        work = folder / "work"
        work.mkdir()
        for name, data in tree.items():
            path = work / _inside(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            done = run(
                "git",
                "apply",
                *_OPTIONS,
                *options,
                "-",
                timeout=TIMEOUT,
                stdin=patch.encode(),
                cwd=work,
                env=_environment(folder),
            )
        except ProgramFailedError as error:
            said = error.stderr.strip().splitlines()
            reason = next((line for line in said if line.startswith(_REASONS)), "error: no reason")
            what = f"The patch does not fit: {reason.removeprefix('error: ')}."
            raise PatchRefusedError(what, _AGAIN) from error
        if _MOVED in done.stderr and _ambiguous(patch, tree, reverse="--reverse" in options):
            what = "The patch fits at several places, because its file has changed."
            raise PatchRefusedError(what, _AGAIN)
        return {name: (work / name).read_bytes() for name in tree}


def named(patch: str) -> list[str]:
    """List the files that a patch of ours changes."""
    return list(dict.fromkeys(name for name, _ in _hunks(patch, reverse=False)))


def _ambiguous(patch: str, tree: Mapping[str, bytes], *, reverse: bool) -> bool:
    """Tell whether the old lines of a hunk stand at more than one place of their file."""
    return any(
        tree.get(name, b"").count(old.encode()) > 1 for name, old in _hunks(patch, reverse=reverse)
    )


def _hunks(patch: str, *, reverse: bool) -> list[tuple[str, str]]:
    """Give each hunk's file and the lines that it expects to find there."""
    found: list[tuple[str, str]] = []
    name, expected, left = "", (" ", "+" if reverse else "-"), 0
    for line in patch.split("\n"):
        if left <= 0 and line.startswith(("+++ b/", '+++ "b/')):
            name = _unquoted(line[4:].removesuffix("\t"))[2:]
        elif left <= 0 and line.startswith("@@ "):
            sizes = [part.partition(",")[2] or "1" for part in line.split(" ")[1:3]]
            left = sum(map(int, sizes))
            found.append((name, ""))
        elif left > 0 and not line.startswith("\\"):
            left -= 2 if line.startswith(" ") else 1
            if line.startswith(expected):
                found[-1] = (name, found[-1][1] + line[1:] + "\n")
    return found


def _unquoted(name: str) -> str:
    if not name.startswith('"'):
        return name
    return name[1:-1].encode().decode("unicode_escape").encode("latin-1").decode()


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or ".git" in path.parts:
        what = f"{name!r} is not a path inside the tree."
        raise PatchRefusedError(what, "Only files of the platform can be changed.")
    return name


def _environment(folder: Path) -> dict[str, str]:
    """Hide every configuration and repository; ceiling: git must not look above the folder."""
    return base_environment(
        HOME=str(folder),
        XDG_CONFIG_HOME=str(folder),
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL=os.devnull,
        GIT_CEILING_DIRECTORIES=str(folder),
        GIT_DIR=str(folder / "none"),
    )
