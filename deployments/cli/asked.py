"""What `cmi check` is asked: with what to compare, and in which form to answer."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  # the command line reads annotations at run time
from typing import Annotated, Literal, TypeAlias

from cyclopts import Parameter

from deployments.cli.options import AllEntries, AsJson, Lang  # noqa: TC001  # as above
from tasks.tools.history import HEAD

Form: TypeAlias = Literal["text", "json", "sarif", "github", "markdown"]


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Compare:
    """Options that compare: with an earlier time, or the entries with each other."""

    new_only: Annotated[
        bool, Parameter(negative=(), help="Only findings that the baseline does not know.")
    ] = False
    baseline: Annotated[
        Path | None, Parameter(help="The baseline; default: the one that cmi.yaml names.")
    ] = None
    write_baseline: Annotated[
        Path | None, Parameter(help="Write all findings of now as a baseline to this file.")
    ] = None
    changed: Annotated[
        bool,
        Parameter(
            negative=(),
            help="Only findings in files that are not committed as they are, and findings"
            " elsewhere that these files brought.",
        ),
    ] = False
    changed_since: Annotated[
        str | None,
        Parameter(help="The same since a commit or branch, as a pull request is looked at."),
    ] = None
    all_entries: AllEntries = False

    @property
    def since(self) -> str | None:
        """The commit to compare with, when only changes count."""
        return self.changed_since or (HEAD if self.changed else None)

    @property
    def words(self) -> tuple[str, ...]:
        """The options that narrow what is shown, as they are typed."""
        typed = (
            ("--new-only",) if self.new_only else (),
            ("--baseline", str(self.baseline)) if self.new_only and self.baseline else (),
            ("--changed",) if self.changed and not self.changed_since else (),
            ("--changed-since", self.changed_since) if self.changed_since else (),
        )
        return tuple(itertools.chain.from_iterable(typed))


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
    no_store: Annotated[
        bool,
        Parameter(
            negative=(),
            help="Read everything anew, and keep nothing in your cache folder for the next time.",
        ),
    ] = False
    branch: Annotated[
        str | None,
        Parameter(
            help="Make a git branch with one commit for each change (with --patch: of that kind);"
            " the work tree stays as it is."
        ),
    ] = None
    lang: Lang = None

    @property
    def picks(self) -> bool:
        """Tell whether changes are asked for instead of findings."""
        return self.patch is not None or self.branch is not None

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
