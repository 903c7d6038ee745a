"""Definitions before their real readers: Docker Compose, or the schemas of Kubernetes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.documents import DocumentError, parse
from tasks.domain.platform.entries import files_of
from tasks.domain.platform.model import EntryKind, NotAssessed
from tasks.domain.verification.validity import Validity
from tasks.tools import helm, kustomize
from tasks.tools.compose import cross_check
from tasks.tools.errors import ToolError
from tasks.tools.manifests import validate_manifests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.model import Entry
    from tasks.domain.platform.sources import Source


_RUNS = "it runs, so its definitions were taken as they are"
COMPOSE, KUBERNETES = "Docker Compose", "kubernetes-validate"


def reader_of(entry: Entry) -> str:
    """Name who says whether ``entry`` is valid."""
    return COMPOSE if entry.kind is EntryKind.COMPOSE else KUBERNETES


def validate(source: Source, entry: Entry) -> Validity:
    """Ask the real reader of ``entry`` whether it takes the files of ``source``."""
    if source.live:
        said = NotAssessed(f"validity of {entry.id}", _RUNS, "Check the files it was started from.")
        return Validity(reader_of(entry), not_assessed=(said,))
    if entry.kind is EntryKind.COMPOSE:
        missing = cross_check(source, entry)
        return Validity(COMPOSE, 0 if missing else 1, not_assessed=missing)
    try:
        return validate_manifests(_documents(source, entry))
    except ToolError as error:
        what = NotAssessed(f"schemas of {entry.id}", error.what, error.remedy)
        return Validity(KUBERNETES, not_assessed=(what,))


def _documents(source: Source, entry: Entry) -> Iterator[Document]:
    """Give the objects as the API server would get them; what is unread is told by the reader."""
    if entry.kind is not EntryKind.KUBERNETES:
        render = helm.render if entry.kind is EntryKind.HELM else kustomize.render
        yield from render(source, entry).documents
        return
    for path in files_of(source, entry):
        try:
            yield from parse(path, source.text(path))
        except DocumentError:
            continue
