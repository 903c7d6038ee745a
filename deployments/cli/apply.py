"""`cmi apply`: put candidates of a bundle into the user's own files, or take them back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from deployments.cli.options import AsJson  # noqa: TC001  # cyclopts resolves it at run time
from deployments.cli.output import emit_json, say
from tasks.domain.exits import Exit
from tasks.domain.recipes import RecipeError, follow, from_plain, together, undo
from tasks.domain.version import VERSION
from tasks.tools import bundles, git
from tasks.tools.branches import Commit, make
from tasks.tools.errors import PermanentToolError
from tasks.tools.files import put

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.domain.candidates import Recipe
    from tasks.domain.reporting.bundle import Bundle
    from tasks.tools.branches import Made

_SHORT = 12  # characters of a hash that people read
APPLIED, ALREADY, REFUSED = "applied", "already", "refused"
_WORDS = {APPLIED: "done", ALREADY: "already done", REFUSED: "refused"}


class ApplyError(PermanentToolError):
    """What was asked for cannot be applied."""

    exit = Exit.USAGE


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
    tree = _Tree(root)
    outcomes = _all(read, tree, _wanted(read, ids), reverse=reverse)
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


class _Tree:
    """The user's files, read when needed, written all at the end."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, bytes] = {}
        self._now: dict[str, bytes] = {}
        self._steps: list[Commit] = []

    def files(self, names: list[str]) -> dict[str, bytes]:
        """Give the present bytes of ``names``, changes of this call included."""
        for name in names:
            if name not in self._now:
                self._now[name] = self._read[name] = self._inside(name).read_bytes()
        return {name: self._now[name] for name in names}

    def change(self, files: Mapping[str, bytes]) -> None:
        """Remember new bytes."""
        self._now.update(files)

    def step(self, name: str) -> None:
        """Remember what one change did to the files, as a commit."""
        known: dict[str, bytes] = dict(self._read)
        for commit in self._steps:
            known |= commit.files
        changed = {file: data for file, data in self._now.items() if data != known[file]}
        if changed:
            self._steps.append(Commit(f"{name}\n\ncmi apply {name}\n", changed))

    def commit(self, branch: str) -> Made:
        """Put the steps on a branch."""
        return make([self.root], branch, self._steps, self._read)

    def write(self) -> None:
        """Write what changed; all files or none, each with its mode."""
        changed = {
            self._inside(name): data for name, data in self._now.items() if data != self._read[name]
        }
        try:
            put(changed)
        except OSError as error:
            what = f"The files below {self.root} cannot be changed: {error.strerror}."
            raise ApplyError(what, "Nothing was written. Make room or get the right.") from error

    def _inside(self, name: str) -> Path:
        path = self.root / name
        real = path.resolve()
        if not real.is_relative_to(self.root) or not real.is_file():
            what = f"{name} is not a file below {self.root}."
            raise ApplyError(what, "Name the folder that the run was given with `--to`.")
        return real


def _wanted(bundle: Bundle, ids: tuple[str, ...]) -> list[str]:
    known = {each["id"] for each in bundle.document["candidates"]} | {"accepted", "proposed"}
    unknown = sorted(set(ids) - known)
    if unknown:
        what = f"The bundle has no candidate {', '.join(unknown)}."
        raise ApplyError(what, "Its report and bundle.json list the ids.")
    return list(ids or ("accepted",))


def _all(
    bundle: Bundle, tree: _Tree, names: Sequence[str], *, reverse: bool
) -> list[dict[str, str]]:
    """Change ``tree`` by all that was asked for, and say in that order what became of each.

    A recipe holds for one content of its file, so recipes come before patches, and
    go back after them.
    """
    records = {each["id"]: each for each in bundle.document["candidates"]}
    recipes = [name for name in names if records.get(name, {}).get("recipe_file")]
    patches = [name for name in names if name not in recipes]
    outcomes: dict[str, dict[str, str]] = {}
    for mixed in (patches, recipes) if reverse else (recipes, patches):
        if mixed is recipes:
            outcomes |= _followed(bundle, tree, [records[each] for each in recipes], reverse)
            continue
        for name in patches:
            outcomes[name] = _one(bundle, tree, name, reverse=reverse)
            tree.step(name)
    return [outcomes[name] for name in names]


def _one(bundle: Bundle, tree: _Tree, name: str, *, reverse: bool) -> dict[str, str]:
    """Change ``tree`` by one patch, and say what became of it."""
    file = f"{name}.patch"
    if name not in {"accepted", "proposed"}:
        records = bundle.document["candidates"]
        file = next(each for each in records if each["id"] == name)["patch_file"] or ""
    try:
        return _outcome(name, *_patched(bundle.files.get(file), tree, reverse=reverse))
    except git.PatchRefusedError as error:
        return _outcome(name, REFUSED, str(error))


def _outcome(name: str, state: str, reason: str = "") -> dict[str, str]:
    return {"id": name, "state": state, "reason": reason}


def _patched(data: bytes | None, tree: _Tree, *, reverse: bool) -> tuple[str, str]:
    if not data:
        return ALREADY, "there is nothing to change"
    patch = data.decode()
    files = tree.files(git.named(patch))
    there, back = (git.reverse, git.apply) if reverse else (git.apply, git.reverse)
    try:
        changed = there(patch, files)
    except git.PatchRefusedError:
        try:
            back(patch, files)
        except git.PatchRefusedError:
            pass
        else:
            return ALREADY, ""
        raise
    tree.change(changed)
    return APPLIED, ""


def _followed(
    bundle: Bundle,
    tree: _Tree,
    records: Sequence[Mapping[str, Any]],
    reverse: bool,  # noqa: FBT001  # private, one caller
) -> dict[str, dict[str, str]]:
    """Follow the recipes of each file together: each is for the file as it was without them."""
    groups: dict[str, list[tuple[str, Recipe]]] = {}
    outcomes: dict[str, dict[str, str]] = {}
    for record in records:
        try:
            recipe = _recipe(bundle, record["recipe_file"])
            groups.setdefault(recipe.file, []).append((record["id"], recipe))
        except RecipeError as error:
            outcomes[record["id"]] = _outcome(record["id"], REFUSED, str(error))
    for file, group in groups.items():
        before = tree.files([file])[file]
        try:
            whole = together([recipe for _, recipe in group])
            after = undo(whole, before) if reverse else follow(whole, before)
        except RecipeError as error:
            outcomes |= {name: _outcome(name, REFUSED, str(error)) for name, _ in group}
            continue
        for number, (name, _) in enumerate(group, 1):
            part = [recipe for _, recipe in group[:number]]
            forward = not reverse and after != before
            tree.change({file: follow(together(part), before) if forward else after})
            tree.step(name)
            outcomes[name] = _outcome(name, ALREADY if after == before else APPLIED)
    return outcomes


def _recipe(bundle: Bundle, file: str) -> Recipe:
    try:
        return from_plain(json.loads(bundle.files.get(file, b"")))
    except RecipeError:
        raise
    except ValueError as error:
        msg = f"{file} is not a recipe that we wrote"
        raise RecipeError(msg) from error
