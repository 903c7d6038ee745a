"""Runs: one pass of the programme over one platform, and how a platform is told from others."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # Prefect reads fields at run time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from tasks.domain.canonical import digest
from tasks.domain.platform.locations import LocationError, locate

# Where cells are worked off: in the programme's own process, or each as a run of its own
# that any worker may take.
Placement: TypeAlias = Literal["inline", "deployments"]
# 64 bits of SHA-256: enough to tell platforms apart, short enough to read aloud.
IDENTITY_CHARACTERS = 16


class RunState(StrEnum):
    """How far a run has come. Whether its process lives is the lease's business."""

    OPEN = "open"  # begun, not finished: may be running, interrupted or failed
    FINISHED = "finished"  # its outcome is committed


@dataclass(frozen=True, slots=True)
class Run:
    """What every step and every write to the ledger carries.

    ``salt`` is empty unless the run ignores stored derivations of former runs; it
    belongs to the run, so that the run's own resumption still finds what it finished.
    """

    id: str
    platform: str
    epoch: int
    batch: str
    salt: str = ""


def without_credentials(place: str) -> str:
    """Drop user and password of a URL; leave a path as it is."""
    parts = urlsplit(place)
    if not parts.scheme or not parts.netloc:
        return place
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def platform_identity(place: str, entry: str) -> str:
    """Name a platform by where it is and which of its entries is meant.

    ``place`` is canonical: an absolute path without links, or a location's text. A new
    revision of a repository is the same platform.
    """
    try:
        lasting = locate(place).lasting
    except LocationError:
        lasting = place
    return digest([without_credentials(lasting), entry])[:IDENTITY_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Job:
    """What a cell is told: the run, the platform, and how it shall be done."""

    run: Run
    source: str  # canonical place of the platform
    entry: str  # id of the entry
    content: str  # digest of the source's files
    quick: bool = False  # leave out what takes long, and list it
    out: str = ""  # folder of the bundle
    begun: str = ""  # ISO 8601, UTC: when the run began, however often it was resumed
    left: Mapping[str, str] = field(default_factory=dict)  # cell that a decision leaves out: why
    decided: str = ""  # digest of the decisions that the bundle reports; empty: none
    live: bool = False  # measure a copy of the platform on an engine

    @property
    def name(self) -> str:
        """Name the definition that is worked on, for people: ``shop/compose.yaml``."""
        return f"{PurePath(self.source).name}/{self.entry}".removesuffix("/")

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Job:
        """Read a job from its plain form, as another process is told of it."""
        return cls(**{**document, "run": Run(**document["run"])})
