"""What roles permit in a cluster, and to whom they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.cluster import Rule
    from tasks.domain.platform.model import Platform

_ALL = "*"
_READING = frozenset({"get", "list", "watch", _ALL})
# How a right becomes more rights: what it is about, and the verbs that do it.
_WAYS_UP = (
    ("raise", {"roles", "clusterroles"}, {"escalate", "bind"}),
    ("impersonate", {"users", "groups", "serviceaccounts"}, {"impersonate"}),
    ("token", {"serviceaccounts/token"}, {"create"}),
    ("certify", {"certificatesigningrequests/approval"}, {"update", "patch"}),
    (
        "intercept",
        {"mutatingwebhookconfigurations", "validatingwebhookconfigurations"},
        {"create", "update", "patch"},
    ),
    ("enter", {"pods/exec", "pods/attach", "nodes/proxy"}, {"create", "get"}),
)
# Everybody, or nearly: those who are not asked for a name, and all who have one.
_EVERYBODY = frozenset(
    {"system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"}
)


def wildcard(platform: Platform) -> Iterator[Hit]:
    """Find roles that permit something on each kind of object, or everything."""
    for role in platform.cluster.roles:
        for rule in role.rules:
            if _ALL in rule.resources and rule.groups & {"", _ALL}:
                case = "everything" if _ALL in rule.verbs else "all-kinds"
                worse = Severity.HIGH if case == "everything" else None
                yield Hit(role.of.name, rule.place, rule.path, {"case": case}, worse)


def reads_secrets(platform: Platform) -> Iterator[Hit]:
    """Find cluster-wide roles that read each Secret of the cluster.

    One that names the Secrets, or that holds in one namespace only, is meant.
    """
    for role in platform.cluster.roles:
        for rule in role.rules:
            reads = "secrets" in rule.resources and rule.verbs & _READING
            if reads and not rule.names and role.of.kind == "ClusterRole":
                yield Hit(role.of.name, rule.place, rule.path)


def raises_itself(platform: Platform) -> Iterator[Hit]:
    """Find roles by which their holder gets rights that nobody gave it.

    A rule that names its objects is meant; one for each kind is another finding.
    """
    for role in platform.cluster.roles:
        for rule in role.rules:
            case = _way_up(rule)
            if case and not rule.names and _ALL not in rule.resources:
                narrow = role.of.kind == "Role"
                severity = Severity.LOW if narrow else None
                yield Hit(role.of.name, rule.place, rule.path, {"case": case}, severity)


def _way_up(rule: Rule) -> str:
    """Tell by which of the known ways a rule leads to more rights; nothing when by none."""
    for case, resources, verbs in _WAYS_UP:
        if rule.resources & resources and rule.verbs & {*verbs, _ALL}:
            return case
    return ""


def administrators(platform: Platform) -> Iterator[Hit]:
    """Find whoever may do everything in the whole cluster."""
    for grant in platform.cluster.grants:
        whole = grant.of.kind == "ClusterRoleBinding" and grant.role == "cluster-admin"
        masters = grant.kind == "Group" and grant.name == "system:masters"
        if whole or masters:
            facts = {"kind": grant.kind, "name": grant.name}
            yield Hit(grant.of.name, grant.place, grant.path, facts)


def given_to_all(platform: Platform) -> Iterator[Hit]:
    """Find rights of the account that each pod has by default, or of everybody."""
    for grant in platform.cluster.grants:
        facts = {"role": grant.role, "name": grant.name}
        if grant.kind == "ServiceAccount" and grant.name == "default":
            yield Hit(grant.of.name, grant.place, grant.path, {"case": "default", **facts})
        elif grant.name in _EVERYBODY:
            yield Hit(
                grant.of.name,
                grant.place,
                grant.path,
                {"case": "everybody", **facts},
                Severity.HIGH,
            )
