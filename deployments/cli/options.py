"""Options that mean the same in every command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from cyclopts import Parameter

from deployments.local.language import Language, language

__all__ = [
    "AllEntries",
    "AsJson",
    "EntryId",
    "FailOn",
    "Lang",
    "Language",
    "Out",
    "Paths",
    "Quick",
    "Threshold",
    "Yes",
    "language",
]

Paths: TypeAlias = Annotated[
    tuple[Path, ...],
    Parameter(negative=(), help="Folder or files of the platform; several Compose files merge."),
]
AsJson: TypeAlias = Annotated[
    bool,
    Parameter(
        name="--json",
        negative=(),
        help="One JSON document on standard output, all else on standard error.",
    ),
]
Lang: TypeAlias = Annotated[
    Language | None, Parameter(name="--lang", help="Language of texts. Default: your locale.")
]
Out: TypeAlias = Annotated[
    Path | None, Parameter(name="--out", help="Folder to write into instead of the default.")
]
EntryId: TypeAlias = Annotated[
    str | None,
    Parameter(name="--entry", help="Which definition, when there are several (`cmi intake`)."),
]
AllEntries: TypeAlias = Annotated[
    bool,
    Parameter(
        name="--all-entries",
        negative=(),
        help="Every definition that stands alone, side by side in one table.",
    ),
]
Quick: TypeAlias = Annotated[
    bool,
    Parameter(
        name="--quick",
        negative=(),
        help="Skip each change's own round trip and the check of the definitions by Docker Compose"
        " or the Kubernetes schemas; both are listed as not assessed.",
    ),
]
Yes: TypeAlias = Annotated[
    bool, Parameter(name=["--yes", "-y"], negative=(), help="Answer prompts with yes.")
]
Threshold: TypeAlias = Literal["critical", "high", "medium", "low", "info", "none"]
FailOn: TypeAlias = Annotated[
    Threshold,
    Parameter(name="--fail-on", help="Exit with 1 on a finding at least this severe."),
]
