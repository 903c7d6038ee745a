"""`cmi apply`: put candidates of a bundle into the user's own files, or take them back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from deployments.cli.applying import ALREADY, APPLIED, REFUSED, ApplyError, change
from deployments.cli.options import AsJson  # noqa: TC001  # cyclopts resolves it at run time
from deployments.cli.output import emit_json, say
from tasks.domain.exits import Exit
from tasks.domain.version import VERSION
from tasks.tools import bundles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.domain.reporting.bundle import Bundle
    from tasks.tools.branches import Made

_SHORT = 12  # characters of a hash that people read
_WORDS = {APPLIED: "done", ALREADY: "already done", REFUSED: "refused"}


def apply(  # noqa: PLR0913  # each argument is an option of the command
    bundle: Path,
    ids: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    *,
    to: Annotated[Path | None, Parameter(help="Root of your files. Default: here.")] = None,
    dry_run: Annotated[bool, Parameter(negative=(), help="Only say what would happen.")] = False,
    reverse: Annotated[bool, Parameter(negative=(), help="Take the changes back.")] = False,
    branch: Annotated[
        str | None,
        Parameter(
            help="Put the changes on a new git branch, one commit each;"
            " the work tree stays as it is."
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Apply candidates by id; without ids, the accepted ones together.

    Args:
        bundle: Folder that `cmi run` printed.
        ids: Changes by the ids that the report shows, or `proposed` for all undecided ones.
        to: Root of the files, as the run saw it.
        dry_run: Change nothing.
        reverse: Take the changes back instead.
        branch: Name of a git branch for the changes, instead of the files.
        as_json: Print one JSON document.
    """
    if branch is not None and reverse:
        what = "--branch puts changes on a new branch; it takes none back."
        raise ApplyError(what, "Leave --reverse out, or remove the branch with git.")
    read = bundles.read(bundle)
    root = (to or Path()).resolve()
    tree, outcomes = change(read, root, _wanted(read, ids), reverse=reverse)
    refused = [f"{each['id']}: {each['reason']}" for each in outcomes if each["state"] == REFUSED]
    code = Exit.GATE if refused else Exit.DONE
    made = None
    if not dry_run and not refused:
        if branch is not None:
            made = tree.commit(branch)
        else:
            tree.write()
    if as_json:
        emit_json(
            {"version": VERSION, "root": str(root), "dry_run": dry_run, "reverse": reverse}
            | ({"branch": _branch_json(made)} if made else {})
            | {"changes": outcomes, "exit": {"code": int(code), "reasons": refused}}
        )
    _tell(outcomes)
    if made:
        base = made.base[:_SHORT]
        say(
            f"branch {made.name}: {made.commits} commits upon {base}; "
            "your work tree, index and HEAD are as they were"
        )
    return code


def _branch_json(made: Made) -> dict[str, str | int]:
    return {"name": made.name, "base": made.base, "tip": made.tip, "commits": made.commits}


def _tell(outcomes: Sequence[Mapping[str, str]]) -> None:
    for each in outcomes:
        reason = f": {each['reason']}" if each["reason"] else ""
        say(f"{each['id']}: {_WORDS[each['state']]}{reason}")
    if any(each["state"] == REFUSED for each in outcomes):
        say("Nothing was written, because something was refused.")


def _wanted(bundle: Bundle, ids: tuple[str, ...]) -> list[str]:
    known = {each["id"] for each in bundle.document["candidates"]} | {"accepted", "proposed"}
    unknown = sorted(set(ids) - known)
    if unknown:
        what = f"The bundle has no candidate {', '.join(unknown)}."
        raise ApplyError(what, "Its report and bundle.json list the ids.")
    return list(ids or ("accepted",))
