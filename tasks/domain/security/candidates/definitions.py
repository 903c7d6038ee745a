"""Definitions that current readers refuse or ignore."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.tables import removed_apis
from tasks.domain.edits import NotEditableError, remove_pair, set_scalar
from tasks.domain.platform.nodes import Mapping, Scalar, target
from tasks.domain.security.candidates import kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.setting import Root, find

if TYPE_CHECKING:
    from tasks.domain.candidates import Edit
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.nodes import Node
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.written import Written

# Kinds whose fields kept their names and places from the removed version to its successor.
_SAME_FIELDS = frozenset(
    {
        "ClusterRole",
        "ClusterRoleBinding",
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Lease",
        "NetworkPolicy",
        "PriorityClass",
        "ReplicaSet",
        "Role",
        "RoleBinding",
        "RuntimeClass",
        "StatefulSet",
        "StorageClass",
    }
)
_SELECTING = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"})
# Where markers stand: node labels, and annotations.
_POD = ("spec", "template")
_MARKED = {
    True: (("metadata", "annotations"), (*_POD, "metadata", "annotations")),
    False: (
        (*_POD, "spec", "nodeSelector"),
        ("spec", "nodeSelector"),
        ("spec", "jobTemplate", *_POD, "spec", "nodeSelector"),
    ),
}
# A label that we repeat in a selector must be a name, not somebody's text.
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,40}")


def remove_obsolete(ground: Ground, finding: Finding) -> Proposal:
    """Remove a top-level key of a Compose file that its reader ignores."""
    written = ground.written(finding.place.file)
    key = finding.facts.get("key", "")
    root = written.documents[0].root if written and written.documents else None
    if written is None or not isinstance(root, Mapping) or finding.path != key:
        msg = "only a key at the top of the file is removed automatically"
        raise NotOfferedError(msg)
    pair = next(iter(root.named(key)), None)
    if pair is None or not isinstance(pair.value, Scalar):
        msg = f"`{key}` is not a single value"
        raise NotOfferedError(msg)
    try:
        return Proposal((finding.id,), (remove_pair(written, root, pair),))
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error


def succeed(ground: Ground, finding: Finding) -> Proposal:
    """Write the API version that clusters serve today, and the selector that it asks for."""
    facts = finding.facts
    kind, successor = facts.get("kind", ""), facts.get("successor", "")
    known = removed_apis().get((facts.get("api_version", ""), kind))
    if known is None or not successor or kind not in _SAME_FIELDS:
        msg = f"{kind} has other fields in its next version; convert it by hand"
        raise NotOfferedError(msg)
    place = finding.place
    root = kubernetes.find_object(ground, place.file, place.line, kind, finding.subject)
    version = kubernetes.below(root.node, "apiVersion")
    if not isinstance(version, Scalar):
        msg = "its version is not a text"
        raise NotOfferedError(msg)
    edit = _scalar(root.written, version, successor)
    return Proposal((finding.id,), (edit, *_selector(root, kind)))


def _selector(root: Root, kind: str) -> tuple[Edit, ...]:
    """Add the selector that the old version took from the pod's labels, all of them."""
    if kind not in _SELECTING or kubernetes.below(root.node, "spec", "selector"):
        return ()
    if kubernetes.below(root.node, "spec", "rollbackTo"):
        msg = "`rollbackTo` has no successor"
        raise NotOfferedError(msg)
    labels = kubernetes.below(root.node, "spec", "template", "metadata", "labels")
    if not isinstance(labels, Mapping) or not labels.pairs:
        msg = "its pods have no labels to select them by"
        raise NotOfferedError(msg)
    tree: dict[str, Tree] = {}
    for pair in labels.pairs:
        if not (isinstance(pair.key, Scalar) and isinstance(pair.value, Scalar)):
            msg = "its pods' labels are shared through an anchor"
            raise NotOfferedError(msg)
        if not _LABEL.fullmatch(pair.value.text):
            msg = f"label {pair.key.text} is free text, which a patch must not show"
            raise NotOfferedError(msg)
        tree[pair.key.text] = pair.value.text
    return kubernetes.put_fields(root, {("spec", "selector"): {"matchLabels": tree}})


def heeded(ground: Ground, finding: Finding) -> Proposal:
    """Name a node's label as clusters do today; remove an annotation that none heeds."""
    name, successor = finding.facts.get("name", ""), finding.facts.get("instead", "")
    annotation = ".annotations" in finding.path
    if annotation and finding.facts.get("case") != "none":
        msg = "the old name still works, and its successor is another field"
        raise NotOfferedError(msg)
    written = ground.written(finding.place.file)
    for each in kubernetes.objects(written) if written else ():
        for way in _MARKED[annotation]:
            outer = kubernetes.below(each, *way[:-1])
            pair = find(kubernetes.below(each, *way) or each, name)
            if written is None or outer is None or pair is None:
                continue
            if pair.value.place.line != finding.place.line:
                continue
            if annotation:
                return Proposal((finding.id,), (_without_marker(written, outer, way[-1], name),))
            return Proposal((finding.id,), (_scalar(written, pair.key, successor),))
    msg = "the annotation is not written where it is found"
    raise NotOfferedError(msg)


def _without_marker(written: Written, outer: Node, key: str, name: str) -> Edit:
    holder = kubernetes.below(outer, key)
    alone = isinstance(holder, Mapping) and len(holder.pairs) == 1
    return without(Root(written, outer if alone else holder or outer), key if alone else name)


def without(root: Root, key: str) -> Edit:
    """Remove a key of a mapping that nobody else shares.

    Raises:
        NotOfferedError: It is written in a way that we do not change automatically.
    """
    own = target(root.node)
    pair = next(iter(own.named(key)), None) if isinstance(own, Mapping) else None
    if not isinstance(own, Mapping) or pair is None:
        msg = f"`{key}` is not written as a mapping"
        raise NotOfferedError(msg)
    if not kubernetes.unshared(root.written)(own):
        msg = f"`{key}` is shared through an anchor, and others do not need this"
        raise NotOfferedError(msg)
    try:
        return remove_pair(root.written, own, pair)
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error


def _scalar(written: Written, node: Node, text: str) -> Edit:
    try:
        return set_scalar(written, node, text)
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error
