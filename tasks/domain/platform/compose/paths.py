"""Paths in Compose files, made relative to the source's root.

A path that leaves the tree is kept as a name (it starts with ``/``, ``~`` or
``..``) and never opened.
"""

from __future__ import annotations

import posixpath
import re

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|git@|github\.com/|oci:", re.IGNORECASE)
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]")


def rebase(path: str, folder: str) -> str:
    """Read ``path`` as written in ``folder``; absolute, home and remote ones stay as they are."""
    if not path or path.startswith(("/", "~")) or is_remote(path) or _WINDOWS.match(path):
        return path
    return posixpath.normpath(posixpath.join(folder, path))


def is_remote(path: str) -> bool:
    """Tell whether ``path`` is an address to load from, not a file."""
    return bool(_REMOTE.match(path))


def leaves_the_tree(path: str) -> bool:
    """Tell whether a rebased ``path`` lies outside of the source."""
    outside = path == ".." or path.startswith(("/", "~", "../"))
    return outside or is_remote(path) or bool(_WINDOWS.match(path))
