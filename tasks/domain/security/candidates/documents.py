"""Whole objects beside those of a Kubernetes file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.emitting import block
from tasks.domain.platform.nodes import Mapping, Span
from tasks.domain.security.candidates import kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError
from tasks.domain.security.candidates.setting import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as Plain

    from tasks.domain.emitting import Tree
    from tasks.domain.platform.model import Service
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.written import Written

# A label that we repeat must be a name, not somebody's text.
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,62}")
# What releases and their tools write anew each time: no selector may hold it.
_PASSING = ("pod-template-hash", "chart", "helm.sh/chart", "version", "app.kubernetes.io/version")


def appended(ground: Ground, file: str, objects: Iterable[Plain[str, Tree]]) -> tuple[Edit, ...]:
    """Write objects between or behind those of a file.

    Raises:
        NotOfferedError: The file is not YAML, or ends in a way that hides what follows.
    """
    written = ground.written(file)
    if written is None or file.endswith(".json") or not written.documents:
        msg = f"{file} is no YAML file of objects"
        raise NotOfferedError(msg)
    if written.text.rstrip().endswith("..."):
        msg = f"{file} says that it ends"
        raise NotOfferedError(msg)
    text = "".join(_document(written, each) for each in objects)
    at = _boundary(written)
    if at == len(written.text) and not written.text.endswith("\n"):
        text = written.manner.line_end + text.removesuffix(written.manner.line_end)
    return (Edit(written.file, Span(at, at), text),)


def _boundary(written: Written) -> int:
    """Choose where objects go: the end, or the last border whose lines a patch may show."""
    last = written.count - 1
    if last >= 0 and written.harmless[last]:
        return len(written.text)
    for number in range(last, 0, -1):
        border = written.line(number).rstrip() == "---"
        if border and written.harmless[number] and written.harmless[number - 1]:
            return written.starts[number]
    return len(written.text)


def _document(written: Written, tree: Plain[str, Tree]) -> str:
    lines = ["---"]
    for key, value in tree.items():
        lines += block(key, value, 0, written.manner)
    return "".join(line + written.manner.line_end for line in lines)


def metadata(name: str, namespace: str) -> Tree:
    """Name an object, in the namespace that its file names."""
    return {"name": name, **({"namespace": namespace} if namespace else {})}


def pods_of(ground: Ground, service: Service) -> dict[str, Tree]:
    """Select a workload's pods as the workload itself does.

    Raises:
        NotOfferedError: It has no labels that others could select it by.
    """
    root = kubernetes.workload_root(ground, service)
    own = kubernetes.below(root.node, "spec", "selector", "matchLabels")
    pairs = own.pairs if isinstance(own, Mapping) else ()
    names = [text_of(pair.key) for pair in pairs]
    chosen = names or [name for name in service.labels if name not in _PASSING]
    labels = {name: service.labels[name] for name in chosen if name in service.labels}
    if not labels or any(not _LABEL.fullmatch(each) for each in labels.values()):
        msg = f"the pods of {service.name} have no labels to select them by"
        raise NotOfferedError(msg)
    return dict(labels)
