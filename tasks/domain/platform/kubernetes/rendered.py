"""Rendered manifests: what kustomize or Helm made of a source, placed back in its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.model import NotAssessed, Unread


@dataclass(frozen=True, slots=True)
class Rendered:
    """Documents whose places point into the user's own files."""

    documents: tuple[Document, ...] = ()
    files: tuple[str, ...] = ()  # every file of the source that went in
    unread: tuple[Unread, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)  # by template, of charts
