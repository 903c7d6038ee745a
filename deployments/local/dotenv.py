"""The user's `.env`: written once from its template, never overwritten."""

from __future__ import annotations

import os
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


def read(checkout: Path) -> dict[str, str]:
    """Read what the user set; what is empty he did not set. No `.env`, nothing set."""
    try:
        lines = (checkout / ".env").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines)
    found = {name.strip(): _unquoted(value.strip()) for name, _, value in pairs}
    return {name: value for name, value in found.items() if value and not name.startswith("#")}


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def point_to_cluster(checkout: Path) -> None:
    """Let programs find the cluster of KUBE_CONFIG; a KUBECONFIG of the shell goes before it."""
    told = read(checkout).get("KUBE_CONFIG")
    if told and not os.environ.get("KUBECONFIG"):
        os.environ["KUBECONFIG"] = str(Path(told).expanduser())


def remove(checkout: Path) -> bool:
    """Remove `.env` if it is as we wrote it; return False when the user changed it."""
    own, template = checkout / ".env", checkout / ".env.template"
    if not own.exists():
        return True
    if own.read_bytes() != template.read_bytes():
        return False
    own.unlink()
    return True
