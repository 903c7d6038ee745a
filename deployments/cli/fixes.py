"""The command that applies one fix to the user's own files."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.fixes import Fix


def command(paths: Sequence[Path], entry: str | None, fix: Fix) -> str:
    """Write the command that applies ``fix``; nothing when no patch shows it."""
    if not fix.candidates[0].patch:
        return ""
    chosen = ("--entry", entry) if entry else ()
    words = ("cmi", "check", *map(str, paths), *chosen, "--patch", fix.name)
    return f"{shlex.join(words)} | {_apply(paths)}"


def _apply(paths: Sequence[Path]) -> str:
    """Write the `git apply` that fits the source's folder.

    Inside a repository git reads the names of a patch from the repository's
    root, wherever it is called.
    """
    top, inner = _repository(paths)
    option = f" --directory={shlex.quote(inner)}" if inner else ""
    return f"git -C {shlex.quote(os.path.relpath(top))} apply{option}"


def within(paths: Sequence[Path]) -> str:
    """Name the source's folder as its repository does; empty when it is the root, or alone."""
    return _repository(paths)[1]


def _repository(paths: Sequence[Path]) -> tuple[Path, str]:
    """Find the repository that the source lies in, else the source itself, and the way inside."""
    roots = [path if path.is_dir() else path.parent for path in paths]
    root = Path(os.path.commonpath([each.resolve() for each in roots]))
    top = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    inner = root.relative_to(top).as_posix()
    return top, "" if inner == "." else inner
