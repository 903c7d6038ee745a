"""Limits where none are written, to start from; and sizes measured under a declared load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.security.candidates import compose, kubernetes
from tasks.domain.security.candidates.ground import Proposal
from tasks.domain.security.candidates.setting import put_all

if TYPE_CHECKING:
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import Container
    from tasks.domain.security.candidates.ground import Ground

MEMORY, CPU = "no-memory-limit", "no-cpu-limit"
MIB = 2**20
# Where nothing was measured. Most services of public platforms that state a limit state less.
USUAL_MEMORY = 512 * MIB
# Stores, brokers and Java hold caches or heaps that their defaults make larger.
LARGE_MEMORY = 1024 * MIB
_LARGE = ("elastic", "java", "kafka", "mongo", "mysql", "maria", "nacos", "neo4j", "postgres")
USUAL_CPU = 1.0
USUAL_CPU_REQUEST = "100m"


def limits(ground: Ground, finding: Finding) -> Proposal:
    """Limit memory, and state a share of the processors, where either is missing."""
    part = ground.part(finding)
    same = ground.same(finding, MEMORY, CPU).get(finding.subject, ())
    missing = {each.check for each in same}
    mib = _memory(part.container) // MIB
    leaves: dict[tuple[str, ...], Tree] = {}
    if ground.compose:
        if MEMORY in missing:
            leaves[compose.limit_field(ground, finding.subject, "memory")] = f"{mib}M"
        if CPU in missing:
            share = f"{_cpus(part.container):.1f}"
            leaves[compose.limit_field(ground, finding.subject, "cpus")] = share
        edits = compose.put_fields(ground, finding, leaves, MEMORY, CPU)
    else:
        if MEMORY in missing:
            leaves["resources", "limits", "memory"] = f"{mib}Mi"
        if CPU in missing:
            leaves["resources", "requests", "cpu"] = USUAL_CPU_REQUEST
        edits = kubernetes.put_fields(kubernetes.container_root(ground, finding), leaves)
    return Proposal(tuple(each.id for each in same), edits, {"memory": f"{mib} MiB"})


def fitted(ground: Ground, finding: Finding) -> Proposal:
    """Limit and reserve what was measured, with its headroom, for this one service.

    It closes what the files alone say of its limits, too.
    """
    name, facts = finding.subject, finding.facts
    leaves: dict[tuple[str, ...], Tree] = {
        compose.limit_field(ground, name, "memory"): facts["memory"],
        compose.limit_field(ground, name, "cpus"): facts["cpus"],
        compose.request_field(ground, name, "memory"): facts["reserved"],
        compose.request_field(ground, name, "cpus"): facts["share"],
    }
    may_change = compose.changeable(ground, name)
    same = ground.same(finding, MEMORY, CPU).get(name, ())
    closes = (finding.id, *(each.id for each in same))
    shown = {key: facts[key] for key in ("memory", "cpus")}
    return Proposal(closes, put_all(compose.roots(ground, name), leaves, may_change), shown)


def _memory(container: Container) -> int:
    image = (container.image.value if container.image else container.image_as_written).lower()
    usual = LARGE_MEMORY if any(word in image for word in _LARGE) else USUAL_MEMORY
    request = container.resources.memory_request
    asked = request.value if request else 0
    return max(usual, -(-asked // MIB) * MIB)


def _cpus(container: Container) -> float:
    request = container.resources.cpu_request
    return max(USUAL_CPU, request.value if request else 0.0)
