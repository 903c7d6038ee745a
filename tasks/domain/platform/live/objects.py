"""What a cluster serves of its objects, written down as the manifests that they came from.

A server adds what nobody wrote: its own bookkeeping, defaults, and objects that its
controllers make. These are left out, so that the same checks see what people decided.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tasks.domain.platform.kubernetes.objects import BUILT_IN
from tasks.domain.platform.live.defaults import controller, group_of, written
from tasks.domain.platform.model import Entry, EntryKind, NotAssessed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasks.domain.platform.live.kinds import Kind
    from tasks.domain.platform.live.usual import Facts

_FILES = "Check the files that they were applied from, too."


def named(item: Facts) -> str:
    """Name an object as a file: namespace, kind (with the group of a custom one), name."""
    meta, group = item["metadata"], group_of(item)
    kind = str(item["kind"]) if group in BUILT_IN else f"{item['kind']}.{group}"
    return f"{meta.get('namespace', '')}/{kind}/{meta['name']}"


def write(
    items: Iterable[Facts], listed: Iterable[Kind], namespace: str
) -> tuple[dict[str, bytes], Entry]:
    """Write what people decided as manifests, one an object, and the entry that they are.

    ``listed``: the kinds of which all objects are among ``items``.
    """
    items = list(items)
    known = {(kind.group, kind.name) for kind in listed}
    claims, scaled = _claims(items), _scaled(items)
    files = {}
    for item in items:
        made = _made_by_the_system(item, known) or _from_template(item, claims)
        if not made:
            text = json.dumps(written(_unscaled(item, scaled)), indent=2, ensure_ascii=False)
            files[named(item)] = f"{text}\n".encode()
    files = dict(sorted(files.items()))
    return files, Entry(namespace, EntryKind.KUBERNETES, tuple(files))


def unknown(namespace: str, items: Iterable[Facts]) -> Iterator[NotAssessed]:
    """Say what a cluster cannot know, or is not asked for."""
    yield NotAssessed(
        f"Secrets of {namespace}",
        "they are not asked for, so that no value leaves the cluster",
        "Check the manifests that make them, too.",
    )
    yield NotAssessed(
        f"how the objects of {namespace} are made",
        "a cluster knows neither charts and overlays nor Dockerfiles",
        _FILES,
    )
    yield NotAssessed(
        f"objects beside {namespace}", "only what lies in this namespace is asked for", _FILES
    )
    if _scaled(items):
        yield NotAssessed(
            f"whether files set the copies that autoscalers set in {namespace}",
            "a cluster shows the last number that somebody gave",
            _FILES,
        )


def _made_by_the_system(item: Facts, known: set[tuple[str, str]]) -> bool:
    """Tell what a controller made of something that is seen itself, or what is in every cluster.

    What comes from something that is not seen is all that is known of it.
    """
    owner = controller(item)
    if owner and (group_of(owner), owner.get("kind")) in known:
        return True
    meta = item["metadata"]
    name, kind = meta["name"], item["kind"]
    return (
        (kind == "ConfigMap" and name == "kube-root-ca.crt")
        or (kind == "ServiceAccount" and name == "default" and set(item) <= {
            "apiVersion", "kind", "metadata",
        })
        or (kind == "Service" and name == "kubernetes" and meta.get("namespace") == "default")
    )  # fmt: skip


def _claims(items: Iterable[Facts]) -> re.Pattern[str]:
    """Describe the names of claims that StatefulSets make of their templates, one a copy."""
    names = [
        re.escape(f"{claim['metadata']['name']}-{item['metadata']['name']}-")
        for item in items
        if item["kind"] == "StatefulSet"
        for claim in _spec(item).get("volumeClaimTemplates") or []
    ]
    return re.compile(rf"(?:{'|'.join(names)})\d+" if names else r"(?!)")


def _from_template(item: Facts, claims: re.Pattern[str]) -> bool:
    """Tell a claim that a StatefulSet made: it has no owner, so that it outlives its maker."""
    name = str(item["metadata"]["name"])
    return item["kind"] == "PersistentVolumeClaim" and claims.fullmatch(name) is not None


def _scaled(items: Iterable[Facts]) -> set[tuple[str, str]]:
    """Name what an autoscaler gives its number of copies."""
    targets = [
        _spec(item).get("scaleTargetRef") or {}
        for item in items
        if item["kind"] == "HorizontalPodAutoscaler"
    ]
    return {(str(each.get("kind")), str(each.get("name"))) for each in targets}


def _unscaled(item: Facts, scaled: set[tuple[str, str]]) -> Facts:
    """Leave out a number of copies that an autoscaler chose; whoever wrote another is unknown."""
    if (item["kind"], item["metadata"]["name"]) not in scaled:
        return item
    return item | {"spec": {k: v for k, v in _spec(item).items() if k != "replicas"}}


def _spec(item: Facts) -> Facts:
    spec = item.get("spec")
    return spec if isinstance(spec, dict) else {}
