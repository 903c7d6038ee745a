"""Changes of how images are fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.security.candidates import kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal

if TYPE_CHECKING:
    from tasks.domain.findings import Finding
    from tasks.domain.security.candidates.ground import Ground


def fetch_each_time(ground: Ground, finding: Finding) -> Proposal:
    """Ask the registry at each start whether the name still means the same image."""
    if finding.facts.get("case") == "never":
        msg = "nothing here says that a registry has this image"
        raise NotOfferedError(msg)
    root = kubernetes.container_root(ground, finding)
    return Proposal((finding.id,), kubernetes.put_fields(root, {("imagePullPolicy",): "Always"}))
