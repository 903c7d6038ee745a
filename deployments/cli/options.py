"""Options that mean the same in every command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from cyclopts import Parameter

from deployments.local.language import Language, language
from tasks.domain.platform.locations import INPUT, input_name
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AllEntries",
    "AsJson",
    "EntryId",
    "FailOn",
    "Lang",
    "Language",
    "Out",
    "Places",
    "Quick",
    "Threshold",
    "Wanted",
    "Yes",
    "language",
    "no_option",
]


def no_option(_kind: object, words: object) -> None:
    """Take no mistyped option for a place; `-` alone is standard input.

    Raises:
        ValueError: a place begins with a hyphen.
    """
    for word in (words,) if isinstance(words, str) else words if isinstance(words, tuple) else ():
        if word != "-" and word.startswith("-"):
            msg = f'Unknown option: "{word}".'
            raise ValueError(msg)


Places: TypeAlias = Annotated[
    tuple[str, ...],
    Parameter(
        negative=(),
        allow_leading_hyphen=True,
        validator=no_option,
        help="Folder, files (several Compose files merge), archive, git+URL@REVISION, bare"
        " repository, docker://PROJECT, k8s://CONTEXT/NAMESPACE, or - for standard input.",
    ),
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


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Wanted:
    """Options that say which of a source's definitions is meant."""

    entry: EntryId = None
    rev: Annotated[
        str | None, Parameter(help="Branch, tag or commit of a repository on this machine.")
    ] = None
    stdin_name: Annotated[
        str | None, Parameter(help="File name of what comes in by standard input.")
    ] = None

    def places(self, typed: Sequence[str]) -> tuple[str, ...]:
        """Write what is meant so that nothing else has to be known; the default is here.

        Raises:
            SourceError: nobody can tell what is meant.
        """
        from tasks.tools.opening import meant  # noqa: PLC0415  # readers are slow to load

        if self.stdin_name is not None and INPUT not in typed:
            msg = "--stdin-name names what comes in by standard input, and no - was given."
            raise PermanentToolError(msg, "Name - as the platform.")
        named = f"stdin:{input_name(self.stdin_name)}" if self.stdin_name else INPUT
        places = [named if each == INPUT else each for each in typed or (".",)]
        return tuple(meant(each, self.rev).text if self.rev else each for each in places)


Threshold: TypeAlias = Literal["critical", "high", "medium", "low", "info", "none"]
FailOn: TypeAlias = Annotated[
    Threshold,
    Parameter(name="--fail-on", help="Exit with 1 on a finding at least this severe."),
]
