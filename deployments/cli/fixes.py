"""The command that applies one fix to the user's own files."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.candidates import Candidate


def command(paths: Sequence[Path], entry: str | None, candidate: Candidate) -> str:
    """Write the command that applies ``candidate``; nothing when it has no patch."""
    if not candidate.patch:
        return ""
    chosen = ("--entry", entry) if entry else ()
    words = ("cmi", "check", *map(str, paths), *chosen, "--patch", candidate.id)
    return f"{shlex.join(words)} | {_apply(paths)}"


def _apply(paths: Sequence[Path]) -> str:
    """Write the `git apply` that fits the source's folder.

    Inside a repository git reads the names of a patch from the repository's
    root, wherever it is called.
    """
    roots = [path if path.is_dir() else path.parent for path in paths]
    root = Path(os.path.commonpath([each.resolve() for each in roots]))
    top = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    inner = root.relative_to(top).as_posix()
    option = "" if inner == "." else f" --directory={shlex.quote(inner)}"
    return f"git -C {shlex.quote(os.path.relpath(top))} apply{option}"
