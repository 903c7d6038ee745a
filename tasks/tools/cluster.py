"""A namespace of a live cluster as a source: listed page by page, never changed.

The settings of ``kubectl`` say how to reach it. Only the verb ``list`` is used, and Secrets
are not asked for at all. The built-in role ``view`` lists all but roles, their bindings and
most custom resources.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.platform.live import objects
from tasks.domain.platform.live.kinds import CUSTOM, KINDS, listable, taught
from tasks.domain.platform.model import NotAssessed
from tasks.domain.platform.sources import Source
from tasks.tools.contexts import client_of
from tasks.tools.lists import (
    ABSENT,
    DONE,
    Cluster,
    ClusterBusyError,
    ClusterRefusedError,
)
from tasks.tools.sources import SourceError

if TYPE_CHECKING:
    from tasks.domain.platform.live.kinds import Kind
    from tasks.domain.platform.live.usual import Facts
    from tasks.domain.platform.locations import Location

MOST = 50_000
_RIGHTS = "rbac.authorization.k8s.io"  # the role `view` does not show who may do what


@dataclass(slots=True)
class _Seen:
    """What a namespace holds, and the kinds that could not be listed."""

    namespace: str
    items: list[Facts] = field(default_factory=list)
    listed: list[Kind] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    missing: list[NotAssessed] = field(default_factory=list)


def read_cluster(location: Location) -> Source:
    """List what somebody made in one namespace.

    Raises:
        ClusterUnreachableError: nobody answers.
        ClusterRefusedError: nobody knows us there, or nothing may be listed.
        SourceError: the context or the namespace is wrong, or nothing is in it.
    """
    with client_of(location) as (client, namespace):
        seen = _everything(Cluster(client, location.text), namespace)
    files, entry = objects.write(seen.items, seen.listed, namespace)
    if not files:
        raise _nothing(location, seen)
    return Source(
        location.text,
        files,
        tuple(files),
        place=location.text,
        not_assessed=(*objects.unknown(namespace, seen.items), *seen.missing),
        entries=(entry,),
        live=True,
        unseen=tuple(seen.unseen),
    )


def _everything(cluster: Cluster, namespace: str) -> _Seen:
    """List all kinds; what the cluster refuses is noted and the others go on."""
    seen = _Seen(namespace)
    for kind in KINDS:
        _list(cluster, kind, seen)
    if not seen.listed:
        what = f"The cluster of {cluster.text} lets nothing be listed."
        raise ClusterRefusedError(what, "Sign in again; the built-in role `view` is enough.")
    for kind in _taught(cluster, seen):
        try:
            _list(cluster, kind, seen)
        except ClusterBusyError:  # whoever converts or keeps this kind is not there
            seen.unseen.append(kind.name)
            seen.missing.append(_silent(f"every {kind.name} of {namespace}"))
    return seen


def _list(cluster: Cluster, kind: Kind, seen: _Seen) -> None:
    status, items = cluster.listed(kind.path(seen.namespace))
    if status == DONE:
        seen.listed.append(kind)
        seen.items += [{"apiVersion": kind.version, "kind": kind.name} | i for i in items]
    else:
        seen.unseen.append(kind.name)
        seen.missing.append(_refused(kind, seen.namespace, absent=status == ABSENT))
    if len(seen.items) > MOST:
        what = f"The namespace of {cluster.text} holds more than {MOST} objects."
        remedy = "Check the files that they were applied from."
        raise SourceError(what, remedy, Exit.INPUT_UNREAD)


def _taught(cluster: Cluster, seen: _Seen) -> list[Kind]:
    """Give the kinds that this cluster was taught, each in the version that it prefers."""
    found: dict[tuple[str, str], Kind] = {}
    status, groups = cluster.ask("/apis", {})
    versions = list(taught(groups)) if status == DONE else [""]
    for version in versions:
        try:
            status, served = cluster.ask(f"/apis/{version}", {}) if version else (status, {})
        except ClusterBusyError:  # another server answers for this group, and is not there
            status, served = 0, {}
        if status != DONE:
            seen.unseen.append(CUSTOM)
            seen.missing.append(_silent(f"custom resources of {version or cluster.text}"))
        for kind in listable(version, served):
            found.setdefault((kind.group, kind.name), kind)
    return list(found.values())


def _silent(what: str) -> NotAssessed:
    reason = "the cluster does not tell of them now"
    return NotAssessed(what, reason, "Give the same command again a little later.")


def _refused(kind: Kind, namespace: str, *, absent: bool) -> NotAssessed:
    what = f"every {kind.name} of {namespace}"
    if absent:
        reason = f"the cluster does not serve {kind.version}"
        return NotAssessed(what, reason, "Update the cluster, or check the files.")
    reason = "the cluster does not let this user list them"
    if kind.custom or kind.group == _RIGHTS:
        return NotAssessed(what, reason, "Ask for the right to list them.")
    remedy = "Ask for the right to list them; the built-in role `view` has it."
    return NotAssessed(what, reason, remedy)


def _nothing(location: Location, seen: _Seen) -> SourceError:
    if seen.missing:
        what = f"Nothing that somebody made may be seen in {location.text}."
        remedy = "Ask for the right to list it; the built-in role `view` has it."
        return SourceError(what, remedy, Exit.NO_PLATFORM)
    what = f"Nothing that somebody made is in {location.text}."
    remedy = "`kubectl get namespaces` lists those that there are."
    return SourceError(what, remedy, Exit.NO_PLATFORM)
