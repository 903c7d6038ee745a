"""The command that applies one fix to the user's own files."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from tasks.tools.history import repository
from tasks.tools.opening import paths_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tasks.domain.fixes import Fix


def command(places: Sequence[str | Path], fix: Fix, options: Sequence[str] = ()) -> str:
    """Write the command that applies ``fix``; nothing when no patch shows it.

    Where the source is no folder of files, git applies it where these lie.

    ``options`` are those that decided which findings are shown.
    """
    if not fix.candidates[0].patch:
        return ""
    words = ("cmi", "check", *map(str, places), *options, "--patch", fix.name)
    paths = paths_of(places)
    return f"{shlex.join(words)} | {_apply(paths) if paths else 'git apply'}"


def _apply(paths: Sequence[Path]) -> str:
    """Write the `git apply` that fits the source's folder.

    Inside a repository git reads the names of a patch from the repository's
    root, wherever it is called.
    """
    top, inner = repository(paths)
    option = f" --directory={shlex.quote(inner)}" if inner else ""
    return f"git -C {shlex.quote(os.path.relpath(top))} apply{option}"


def within(paths: Sequence[Path]) -> str:
    """Name the source's folder as its repository does; empty when it is the root, or alone."""
    return repository(paths)[1] if paths else ""
