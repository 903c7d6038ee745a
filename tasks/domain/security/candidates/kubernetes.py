"""Where Kubernetes workloads, their pods and containers are written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.edits import NotEditableError, append_item
from tasks.domain.platform.model import EntryKind
from tasks.domain.platform.nodes import Alias, Mapping, Sequence, target
from tasks.domain.security.candidates.ground import NotOfferedError
from tasks.domain.security.candidates.setting import Root, find, put_all, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasks.domain.candidates import Edit
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import Container
    from tasks.domain.platform.model import Service
    from tasks.domain.platform.nodes import Node
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.written import Written

_POD_PATHS = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_TEMPLATE = ("spec", "template", "spec")
_LISTS = ("containers", "initContainers")


def objects(written: Written) -> Iterator[Mapping]:
    """Give the objects of a file, those inside a list included."""
    for document in written.documents:
        root = target(document.root) if document.root is not None else None
        if not isinstance(root, Mapping):
            continue
        listed = find(root, "items")
        inner = target(listed.value) if listed else None
        if value(root, "kind").endswith("List") and isinstance(inner, Sequence):
            yield from (each for item in inner.items if isinstance(each := target(item), Mapping))
        else:
            yield root


def value(mapping: Node, *path: str) -> str:
    """Give the text at ``path``, or nothing."""
    node = below(mapping, *path)
    return text_of(node)


def below(node: Node, *path: str) -> Node | None:
    """Give the node at ``path``, or None."""
    for key in path:
        pair = find(node, key)
        if pair is None:
            return None
        node = pair.value
    return node


def find_object(ground: Ground, file: str, line: int, kind: str, name: str) -> Root:
    """Find the object of a kind and name that is written at or around a line.

    Raises:
        NotOfferedError: There is none in the file.
    """
    found = ground.once(_by_name).get((file, kind, name), [])
    around = [each for each in found if target(each.node).place.line <= line] or found
    if not around and ground.platform.entry.kind is EntryKind.KUSTOMIZE:
        around = _renamed(ground, file, line, kind, name)
    if not around:
        msg = f"{kind} {name} is not written in {file} as it takes effect"
        raise NotOfferedError(msg)
    return around[-1]


def _renamed(ground: Ground, file: str, line: int, kind: str, name: str) -> list[Root]:
    """Find an object to whose name a kustomization added a prefix or a suffix."""
    return [
        root
        for (where, what, own), roots in ground.once(_by_name).items()
        for root in roots
        if (where, what) == (file, kind) and own and own in name
        if target(root.node).place.line <= line
    ]


def _by_name(ground: Ground) -> dict[tuple[str, str, str], list[Root]]:
    """Map file, kind and name to the objects that are written so."""
    found: dict[tuple[str, str, str], list[Root]] = {}
    for written in ground.files():
        for each in objects(written):
            key = (written.file, value(each, "kind"), value(each, "metadata", "name"))
            found.setdefault(key, []).append(Root(written, each))
    return found


def workload_root(ground: Ground, service: Service) -> Root:
    """Find a service's object; raises as `find_object`."""
    if service.partial:
        msg = "it stands in a custom resource, and only its controller knows what becomes of it"
        raise NotOfferedError(msg)
    place = service.place
    root = find_object(ground, place.file, place.line, service.kind, service.name)
    if ground.platform.entry.kind is not EntryKind.KUSTOMIZE:
        return root
    key = (service.kind, value(root.node, "metadata", "name"))
    others = ground.once(_by_name).items()
    return replace(root, over=tuple(r for k, rs in others if k[1:] == key for r in rs if r != root))


def pod_root(ground: Ground, service: Service) -> Root:
    """Find a service's pod specification; raises as `find_object`."""
    root = workload_root(ground, service)
    way = _POD_PATHS.get(service.kind, _TEMPLATE)
    node = below(root.node, *way)
    if node is None:
        msg = f"{service.kind} {service.name} has no pod written in it"
        raise NotOfferedError(msg)
    over = ((each.written, below(each.node, *way)) for each in root.over)
    return Root(root.written, node, tuple(Root(w, pod) for w, pod in over if pod is not None))


def container_root(ground: Ground, finding: Finding) -> Root:
    """Find the container of a finding; raises as `find_object`."""
    part = ground.part(finding)
    pods = ground.once(_roots_of_pods)
    if (roots := pods.get(id(part.service))) is None:
        written = written_containers(pod_root(ground, part.service), part.service)
        roots = pods[id(part.service)] = {box.name: root for root, box in written}
    if (found := roots.get(part.container.name)) is not None:
        return found
    msg = f"container {part.container.name} is not written where its pod is"
    raise NotOfferedError(msg)


def _roots_of_pods(ground: Ground) -> dict[int, dict[str, Root]]:
    """Begin to remember where the containers of each pod are written, by their names."""
    return {}


def written_containers(pod: Root, service: Service) -> Iterator[tuple[Root, Container]]:
    """Give where each container of a pod is written, with what is known of it."""
    known = {each.name: each for each in service.containers}
    for key in _LISTS:
        for item in listed(pod.node, key):
            container = known.get(value(item, "name"))
            if container:
                over = tuple(
                    Root(each.written, other)
                    for each in pod.over
                    for other in listed(each.node, key)
                    if value(other, "name") == container.name
                )
                yield Root(pod.written, item, over), container


def listed(node: Node, *path: str) -> tuple[Node, ...]:
    """Give the items of the list at ``path``; none when there is no list."""
    found = below(node, *path)
    inner = target(found) if found is not None else None
    return inner.items if isinstance(inner, Sequence) else ()


def put_fields(root: Root, leaves: dict[tuple[str, ...], Tree]) -> tuple[Edit, ...]:
    """Set fields below ``root``; what an anchor shares is left alone.

    Raises:
        NotOfferedError: It is written in a way that we do not change automatically.
    """
    roots = [root, *root.over]
    tests = [unshared(each.written) for each in roots]
    return put_all(roots, leaves, lambda node: all(test(node) for test in tests))


def add_item(root: Root, key: str, tree: Tree) -> tuple[Edit, ...]:
    """Add an item to the list at ``key``, or begin the list.

    Raises:
        NotOfferedError: It is written in a way that we do not change automatically.
    """
    found = below(root.node, key)
    if not isinstance(found, Sequence) or not found.items:
        return put_fields(root, {(key,): [tree]})
    try:
        return (append_item(root.written, found, tree),)
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error


def unshared(written: Written) -> Callable[[Node], bool]:
    """Give the test whether a node is used at one place only."""
    shared = written.shared
    return lambda node: not isinstance(node, Alias) and id(node) not in shared
