"""Changes of where files are kept, and how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.edits import NotEditableError, insert_key, set_scalar
from tasks.domain.platform.nodes import Mapping, Scalar, target
from tasks.domain.security.candidates import compose, kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.setting import Root, find, reach, text_of

if TYPE_CHECKING:
    from tasks.domain.candidates import Edit
    from tasks.domain.findings import Finding
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.written import Written

# Enough for uploads and the scratch files of a Java service; without a size it is half of the
# host's memory.
MEMORY_FILES, MEMORY_FILES_KUBERNETES = "256m", "256Mi"
# Where the images of these stores keep their data, by their makers' own instructions. RabbitMQ
# is not among them: its folder is named after a host name that changes with each container.
DATA = {
    "cassandra": "/var/lib/cassandra",
    "couchdb": "/opt/couchdb/data",
    "elasticsearch": "/usr/share/elasticsearch/data",
    "influxdb": "/var/lib/influxdb",
    "mariadb": "/var/lib/mysql",
    "mongo": "/data/db",
    "mysql": "/var/lib/mysql",
    "neo4j": "/data",
    "postgres": "/var/lib/postgresql/data",
}
_MOVED_POSTGRES = 18  # from here on the data lie one folder further up


def keep_data(ground: Ground, finding: Finding) -> Proposal:
    """Keep a store's data in a volume that has a name."""
    store = finding.facts.get("store", "")
    folder = _folder(ground, finding, store)
    volume = f"{finding.subject}-data"
    if any(each.value == volume for each in ground.platform.volumes):
        msg = f"a volume is called {volume} already"
        raise NotOfferedError(msg)
    edits = compose.add_item(ground, finding, "volumes", f"{volume}:{folder}")
    written = ground.written(edits[0].file)
    if written is None:
        raise AssertionError
    return Proposal(
        (finding.id,), (*edits, _volume(written, volume)), {"volume": volume, "folder": folder}
    )


def _folder(ground: Ground, finding: Finding, store: str) -> str:
    container = ground.part(finding).container
    image = container.image.value if container.image else container.image_as_written
    name, _, tag = image.rpartition("/")[2].partition("@")[0].partition(":")
    first = tag.split(".")[0].split("-")[0]
    moved = store == "postgres" and (not first.isdecimal() or int(first) >= _MOVED_POSTGRES)
    if container.build or name != store or store not in DATA or moved:
        msg = "nobody told us where this image keeps its data"
        raise NotOfferedError(msg)
    return DATA[store]


def _volume(written: Written, name: str) -> Edit:
    root = target(written.documents[0].root) if written.documents[0].root else None
    pair = find(root, "volumes") if root is not None else None
    if not isinstance(root, Mapping) or (pair and not isinstance(pair.value, Mapping)):
        msg = "`volumes` is not written as a mapping"
        raise NotOfferedError(msg)
    try:
        if pair is not None and isinstance(pair.value, Mapping):
            return insert_key(written, pair.value, name, {})
        return insert_key(written, root, "volumes", {name: {}})
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error


def size_memory_files(ground: Ground, finding: Finding) -> Proposal:
    """Give files in memory a size of their own."""
    if not ground.compose:
        return _size_in_pod(ground, finding)
    for root in compose.roots(ground, finding.subject):
        if root.written.file != finding.place.file:
            continue
        for key in ("tmpfs", "volumes"):
            pair = find(root.node, key)
            for each in _items(root, key) if pair else ():
                if each.place.line == finding.place.line:
                    return Proposal((finding.id,), (_sized(ground, finding, root, each),))
    msg = "it is not written in the service's own list"
    raise NotOfferedError(msg)


def _items(root: Root, key: str) -> tuple[Scalar | Mapping, ...]:
    sequence = compose.items(root, key)
    pair = find(root.node, key)
    listed = sequence.items if sequence else (pair.value,) if pair else ()
    found = (target(each) for each in listed)
    return tuple(each for each in found if isinstance(each, Scalar | Mapping))


def _sized(ground: Ground, finding: Finding, root: Root, item: Scalar | Mapping) -> Edit:
    if not compose.changeable(ground, finding.subject, ground.same(finding))(item):
        msg = "`tmpfs` is shared through an anchor, and others do not need this"
        raise NotOfferedError(msg)
    try:
        if isinstance(item, Scalar):
            joined = f"{item.text}{',' if ':' in item.text else ':'}size={MEMORY_FILES}"
            return set_scalar(root.written, item, joined)
        reached = reach(Root(root.written, item), ("tmpfs", "size"))
        owner = reached.chain[-1] if reached else item
        inner = owner is not item
        return insert_key(
            root.written,
            owner,
            "size" if inner else "tmpfs",
            MEMORY_FILES if inner else {"size": MEMORY_FILES},
        )
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error


def _size_in_pod(ground: Ground, finding: Finding) -> Proposal:
    part = ground.part(finding)
    root = kubernetes.container_root(ground, finding)
    pod = kubernetes.pod_root(ground, part.service)
    wanted = finding.facts.get("target", "")
    mounts = kubernetes.listed(root.node, "volumeMounts")
    names = {
        kubernetes.value(m, "name") for m in mounts if kubernetes.value(m, "mountPath") == wanted
    }
    for volume in kubernetes.listed(pod.node, "volumes"):
        if kubernetes.value(volume, "name") in names and text_of(
            kubernetes.below(volume, "emptyDir", "medium")
        ):
            edits = kubernetes.put_fields(
                Root(pod.written, volume), {("emptyDir", "sizeLimit"): MEMORY_FILES_KUBERNETES}
            )
            return Proposal((finding.id,), edits)
    msg = "its volume is not written where its pod is"
    raise NotOfferedError(msg)
