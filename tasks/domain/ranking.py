"""Which fixes first: by the risk that they remove, times the confidence that they harm nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding

# A class outweighs three of the next one: many small findings do not hide a grave one.
RISK = {
    Severity.CRITICAL: 100.0,
    Severity.HIGH: 30.0,
    Severity.MEDIUM: 10.0,
    Severity.LOW: 3.0,
    Severity.INFO: 1.0,
}
# How sure one can be, from the definition alone, that the program goes on working: judged from
# what each change takes away. A measurement replaces these guesses.
CONFIDENCE = {
    "obsolete-key": 1.0,
    "slow-start-gate": 0.95,
    "no-new-privileges-unset": 0.9,
    "default-service-account-token": 0.9,
    "depends-without-health": 0.9,
    "removed-api-version": 0.8,
    "port-on-all-interfaces": 0.7,
    "capability-added": 0.6,
    "capabilities-not-dropped": 0.5,
    "no-memory-limit": 0.5,
    "no-cpu-limit": 0.5,
    "runs-as-root": 0.4,
    "writable-root-filesystem": 0.4,
    "privileged-container": 0.4,
    "engine-socket-mounted": 0.4,
    "host-namespace": 0.4,
}
UNKNOWN = 0.5  # a change for any other check


def best(
    candidates: Sequence[Candidate], findings: Sequence[Finding], count: int
) -> tuple[Candidate, ...]:
    """Pick the ``count`` best fixes for ``findings``, best first.

    Of several changes that close the same findings the first proposed one
    stands for all.
    """
    by_id = {finding.id: finding for finding in findings}
    useful = [each for each in candidates if not by_id.keys().isdisjoint(each.closes)]
    ranked = sorted(useful, key=lambda each: (-worth(each, by_id), each.id))
    chosen: dict[frozenset[str], Candidate] = {}
    for each in ranked:
        chosen.setdefault(frozenset(each.closes), each)
    return tuple(chosen.values())[:count]


def worth(candidate: Candidate, findings: dict[str, Finding]) -> float:
    """Give the risk that a fix removes times the confidence in it, in points without a unit."""
    closed = [findings[each] for each in candidate.closes if each in findings]
    sure = min([CONFIDENCE.get(each.check, UNKNOWN) for each in closed], default=0.0)
    return sure * sum([RISK[each.severity] for each in closed])
