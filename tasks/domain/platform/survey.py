"""Survey of a source: what each of its files is, and what is written in it.

Every YAML and JSON file is parsed once. What could not be understood is named
with line and reason; a template says that it wants to be rendered first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tasks.domain.platform import compose_shape
from tasks.domain.platform.counts import Tally
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.kubernetes.fields import Field
from tasks.domain.platform.kubernetes.objects import manifests
from tasks.domain.platform.kubernetes.shapes import HEADLESS, headless
from tasks.domain.platform.model import Unread
from tasks.domain.platform.nodes import Alias, Mapping, Place, Scalar, Sequence, target
from tasks.domain.platform.parsed import parsed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.kubernetes.objects import Manifest
    from tasks.domain.platform.nodes import Node
    from tasks.domain.platform.sources import Source

TEMPLATE = "template: render it first"
_ADVICE = f"{TEMPLATE} (helm template, or the tool that fills it in), then give us the result"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
CHART = "Chart.yaml"
_YAML = (".yaml", ".yml", ".json")
# Go and Jinja templates, K3s' %{NAME}%, Python's {name}/image: none of them is YAML.
_PLACEHOLDER = re.compile(
    r"\{\{|%\{\w+\}%|(?<!\$)\{\w+\}/|^\s*\$\{\w+\}[\w-]*:?\s*\w*:", re.MULTILINE
)
# What a mapping needs to be a key; looking for this costs less than to walk all trees.
_COMPLEX_KEY = re.compile(r"\}\s*:|^\s*\?", re.MULTILINE)
_SHOWN = 60  # characters of a tag


class Form(StrEnum):
    """What a file is to us."""

    COMPOSE = "compose"
    KUBERNETES = "kubernetes"
    KUSTOMIZATION = "kustomization"
    CHART = "chart"
    UNREAD = "unread"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One file. ``runs`` names what it would start: Compose services or workloads."""

    path: str
    form: Form
    tally: Tally = field(default_factory=Tally)
    runs: tuple[str, ...] = ()
    incomplete: str = ""  # why a Compose file is not valid alone
    custom_only: bool = False  # nothing but objects of groups that Kubernetes does not define
    component: bool = False  # a kustomize Component or a library chart: nothing to run alone
    empty: bool = False  # holds no document that could define anything
    refers: tuple[str, ...] = ()  # what a kustomization builds upon
    unread: Unread | None = None

    @property
    def folder(self) -> str:
        """The folder that holds it; "." for the root."""
        return self.path.rpartition("/")[0] or "."


def survey(source: Source) -> tuple[Surveyed, ...]:
    """Look at every file that was asked for and could define something."""
    paths = tuple(_asked(source))
    charts = frozenset(p.removesuffix(CHART) for p in paths if p.rpartition("/")[2] == CHART)
    return tuple(
        _survey_file(source, path, charts)
        for path in paths
        if path in source.asked or path.endswith((*_YAML, *KUSTOMIZATIONS))
    )


def _asked(source: Source) -> Iterable[str]:
    """List the files in question: those asked for, in that order, or all."""
    if not source.asked:
        return sorted(source.files)
    refused = {each.file for each in source.unread}
    found: dict[str, None] = {}
    for path in source.asked:
        if path in refused:
            continue
        if path in source.files:
            found[path] = None
            continue
        prefix = "" if path == "." else f"{path}/"
        found |= dict.fromkeys(p for p in sorted(source.files) if p.startswith(prefix))
    return found


def _survey_file(source: Source, path: str, charts: Collection[str]) -> Surveyed:
    chart = _chart_of(path, charts)
    if chart is not None and path.startswith(f"{chart}templates/"):
        return _unread(path, 1, f"{TEMPLATE}, as part of the chart {chart.rstrip('/') or '.'}")
    try:
        text = source.text(path)
        if path.endswith(".json") and not re.search(r'"(apiVersion|services)"', text):
            found = Surveyed(path, Form.OTHER)
        else:
            found = _classify(path, text, in_chart=chart is not None)
    except DocumentError as error:
        return _unread(path, error.line, error.reason)
    return _expected(found) if path in source.asked or _promises(found) else found


def _expected(found: Surveyed) -> Surveyed:
    """Say of a file that was asked for that it defines nothing: silence would be a clean bill."""
    if found.form is not Form.OTHER or found.tally.kinds:
        return found
    if found.empty:
        return _unread(found.path, 1, "nothing is defined in it")
    return _unread(found.path, 1, "defines no platform: neither Compose file nor manifest")


def _promises(found: Surveyed) -> bool:
    return found.empty and compose_shape.is_named_like_compose(found.path)


def documents_of(path: str, text: str) -> tuple[Document, ...]:
    """Parse a file's documents.

    Raises:
        DocumentError: It is not YAML, or a template that wants to be rendered first.
    """
    try:
        documents = parsed(path, text)
    except DocumentError as error:
        if error.reason.startswith("is not YAML") and _PLACEHOLDER.search(text):
            raise DocumentError(path, error.line, _ADVICE) from error
        raise
    if ("{{" in text or _COMPLEX_KEY.search(text)) and (line := _template_line(documents)):
        raise DocumentError(path, line, _ADVICE)
    return documents


def manifests_of(path: str, text: str) -> tuple[tuple[Document, ...], list[Manifest]]:
    """Parse a file's documents and the objects in them.

    Raises:
        DocumentError: As `documents_of`; or a tag of an object is none that YAML defines.
    """
    documents = documents_of(path, text)
    found = [m for document in documents for m in manifests(document)]
    if found:
        _refuse_templates(path, found)
        _refuse_tags(path, documents)
    return documents, found


def _refuse_templates(path: str, found: Iterable[Manifest]) -> None:
    """Refuse quoted templates where no cluster would take one: in the identity of an object."""
    for manifest in found:
        metadata = manifest.field.get("metadata")
        fields = (metadata.get("name"), metadata.get("namespace"), manifest.field.get("kind"))
        for each in fields:
            if "{{" in each.text():
                raise DocumentError(path, each.place.line, _ADVICE)


def _refuse_headless(path: str, documents: Iterable[Document]) -> None:
    for each in (found for document in documents for found in headless(document)):
        raise DocumentError(path, each.place.line, HEADLESS)


def _refuse_tags(path: str, documents: Iterable[Document]) -> None:
    for document in documents:
        if document.foreign:
            tag, place = document.foreign
            raise DocumentError(path, place.line, f"tag {tag[:_SHOWN]} is not known")


def _chart_of(path: str, charts: Collection[str]) -> str | None:
    holders = [chart for chart in charts if path.startswith(chart)]
    return max(holders, key=len, default=None)


def _unread(path: str, line: int, reason: str) -> Surveyed:
    return Surveyed(path, Form.UNREAD, unread=Unread(path, line, reason))


def _template_line(documents: Iterable[Document]) -> int:
    """Find a template that loads by accident: ``name: {{ .x }}`` is a mapping as a key."""
    open_nodes: list[Node] = [d.root for d in documents if d.root is not None]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, Scalar) and not node.style and "{{" in node.text:
            return node.place.line
        if isinstance(node, Mapping):
            if any(isinstance(pair.key, Mapping) for pair in node.pairs):
                return node.place.line
            open_nodes += [p.value for p in node.pairs if not isinstance(p.value, Alias)]
        elif isinstance(node, Sequence):
            open_nodes += [item for item in node.items if not isinstance(item, Alias)]
    return 0


def _classify(path: str, text: str, *, in_chart: bool) -> Surveyed:
    name = path.rpartition("/")[2]
    documents, found = manifests_of(path, text)
    root = _root(documents)
    if name == CHART:
        return Surveyed(path, Form.CHART, component=root.get("type").text() == "library")
    if name in KUSTOMIZATIONS:
        return _kustomization(path, root, found)
    if found:
        return _kubernetes(path, found, in_chart=in_chart)
    if not in_chart and root:
        _refuse_headless(path, documents)
        return _compose(path, root)
    return Surveyed(path, Form.OTHER, empty=not root)


def _root(documents: tuple[Document, ...]) -> Field:
    """Give the first document that says something."""
    for document in documents:
        if document.root is not None:
            node = target(document.root)
            return Field(node, node.place, "")
    return Field(None, Place("", 1, 1), "")


def is_component(source: Source, path: str) -> bool:
    """Tell whether a kustomization is one that others include; False where it cannot be read."""
    try:
        documents, _ = manifests_of(path, source.text(path))
    except DocumentError:
        return False
    return _included(_root(documents))


def _included(root: Field) -> bool:
    return root.get("kind").text() == "Component"


def _kustomization(path: str, root: Field, found: list[Manifest]) -> Surveyed:
    lists = ("resources", "bases", "components")
    refers = tuple(each.text() for name in lists for each in root.get(name).items())
    component = _included(root)
    return Surveyed(path, Form.KUSTOMIZATION, _tally(found), component=component, refers=refers)


def _kubernetes(path: str, found: list[Manifest], *, in_chart: bool) -> Surveyed:
    """Take up a file of objects; a chart's own ones are counted, but only run through it."""
    return Surveyed(
        path,
        Form.OTHER if in_chart else Form.KUBERNETES,
        _tally(found),
        runs=tuple(m.name for m in found if m.is_workload),
        custom_only=not any(m.built_in for m in found),
    )


def _compose(path: str, root: Field) -> Surveyed:
    if compose_shape.is_compose(path, root):
        tally = Tally()
        tally.take_compose(root.get("services"))
        runs = tuple(name for name, _ in root.get("services").entries())
        incomplete = compose_shape.incompleteness(root)
        return Surveyed(path, Form.COMPOSE, tally, runs=runs, incomplete=incomplete)
    if compose_shape.is_named_like_compose(path) and compose_shape.is_version_1(root):
        reason = (
            "Compose version 1 (services at the top level), not supported: "
            "put them under a `services:` key"
        )
        return _unread(path, 1, reason)
    return Surveyed(path, Form.OTHER, empty=not isinstance(root.node, Mapping))


def _tally(found: Iterable[Manifest]) -> Tally:
    tally = Tally()
    for manifest in found:
        tally.take_manifest(manifest)
    return tally
