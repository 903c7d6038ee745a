"""Changes of how many copies run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.security.candidates import kubernetes
from tasks.domain.security.candidates.ground import Proposal

if TYPE_CHECKING:
    from tasks.domain.findings import Finding
    from tasks.domain.security.candidates.ground import Ground


def second_replica(ground: Ground, finding: Finding) -> Proposal:
    """Run a second copy of a service that keeps no data of its own."""
    root = kubernetes.workload_root(ground, ground.service(finding.subject))
    return Proposal((finding.id,), kubernetes.put_fields(root, {("spec", "replicas"): 2}))
