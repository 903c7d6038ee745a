"""What two scanners name in one platform, each defect once at each object.

Counts of messages cannot be compared: one program says a thing once for a platform, another
at each object, a third by several rules. So each message counts for the objects that it
names, and rules that fail for one and the same reason count as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.accuracy.agreement import KUBERNETES_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tasks.domain.findings import Finding

# Rules of Checkov whose reason is that of a check of ours, beyond those that mean just the same.
_SAME_REASON = {
    "CKV_K8S_11": "no-cpu-limit",
    "CKV_K8S_15": "stale-image-kept",
    "CKV_K8S_21": "no-namespace",
    "CKV_K8S_28": "capabilities-not-dropped",
    "CKV_K8S_38": "default-service-account-token",
    "CKV_K8S_40": "runs-as-root",
    "CKV_K8S_43": "image-without-digest",
    "CKV2_K8S_6": "no-network-policy",
}
# They fail whenever one of the settings fails that other rules ask for one by one.
_SUMS = frozenset({"CKV_K8S_29", "CKV_K8S_30"})
_MEANT = {
    rule.ids[0]: rule.checks[0]
    for rule in KUBERNETES_RULES
    if rule.tool == "checkov" and len(rule.ids) == 1
} | _SAME_REASON


def ours(findings: Iterable[Finding]) -> dict[str, int]:
    """Count, by check, the objects that findings name."""
    found: dict[str, int] = {}
    for each in findings:
        found[each.check] = found.get(each.check, 0) + int(each.facts.get("count", "1"))
    return found


def theirs(failed: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count, by our check or else by their rule, the objects at which Checkov's rules fail."""
    found: dict[str, set[str]] = {}
    for each in failed:
        rule = str(each["check_id"])
        if rule not in _SUMS:
            found.setdefault(_MEANT.get(rule, rule), set()).add(str(each["resource"]))
    return {name: len(objects) for name, objects in found.items()}


def table(one: Mapping[str, int], other: Mapping[str, int]) -> Iterator[str]:
    """Write both counts beside each other, and their sums."""
    yield "| defect | `cmi check` | checkov |"
    yield "|---|---|---|"
    for name in sorted({*one, *other}):
        yield f"| {name} | {one.get(name, 0)} | {other.get(name, 0)} |"
    kinds = [sum(1 for count in each.values() if count) for each in (one, other)]
    yield (
        f"| together | {sum(one.values())} of {kinds[0]} kinds "
        f"| {sum(other.values())} of {kinds[1]} kinds |"
    )
