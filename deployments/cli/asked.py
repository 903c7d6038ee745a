"""What `cmi check` is asked: with what to compare, and in which form to answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  # the command line reads annotations at run time
from typing import Annotated, Literal, TypeAlias

from cyclopts import Parameter

from deployments.cli.options import AsJson, Lang  # noqa: TC001  # as above

Form: TypeAlias = Literal["text", "json", "sarif", "github", "markdown"]


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Compare:
    """Options that compare with an earlier time."""

    new_only: Annotated[
        bool, Parameter(negative=(), help="Only findings that the baseline does not know.")
    ] = False
    baseline: Annotated[
        Path | None, Parameter(help="The baseline; default: the one that cmi.yaml names.")
    ] = None
    write_baseline: Annotated[
        Path | None, Parameter(help="Write all findings of now as a baseline to this file.")
    ] = None


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Show:
    """Options that say what comes out."""

    as_json: AsJson = False
    sarif: Annotated[
        str | None,
        Parameter(
            help="Write SARIF 2.1.0 to this file; `-` is standard output.",
            allow_leading_hyphen=True,
        ),
    ] = None
    form: Annotated[
        Form,
        Parameter(
            name="--format",
            help="How to answer: text for people, github for annotations of a workflow, markdown.",
        ),
    ] = "text"
    everything: Annotated[
        bool, Parameter(name="--all", negative=(), help="Lists whole, however long.")
    ] = False
    patch: Annotated[
        str | None,
        Parameter(help="Print only the patch of this change, or kind of changes."),
    ] = None
    lang: Lang = None

    @property
    def answer(self) -> Form:
        """The one form that goes to standard output; the older options are names for two."""
        if self.as_json:
            return "json"
        return "sarif" if self.sarif == "-" else self.form

    @property
    def contradictory(self) -> bool:
        """Tell whether two answers were asked for at once."""
        asked = {self.form} if self.form != "text" else set()
        asked |= {"json"} if self.as_json else set()
        asked |= {"sarif"} if self.sarif == "-" else set()
        return len(asked) > 1
