"""The user's `.env`: written once from its template, never overwritten."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def ensure(checkout: Path) -> bool:
    """Write `.env` for its owner's eyes only; return whether it is new."""
    try:
        descriptor = os.open(checkout / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write((checkout / ".env.template").read_bytes())
    return True


def remove(checkout: Path) -> bool:
    """Remove `.env` if it is as we wrote it; return False when the user changed it."""
    own, template = checkout / ".env", checkout / ".env.template"
    if not own.exists():
        return True
    if own.read_bytes() != template.read_bytes():
        return False
    own.unlink()
    return True


def read(checkout: Path) -> dict[str, str]:
    """Read what the user filled in; lines that say nothing are passed over."""
    try:
        lines = (checkout / ".env").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs if value.strip()}
