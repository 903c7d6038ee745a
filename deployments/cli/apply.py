"""`cmi apply`: put candidates of a bundle into the user's own files, or take them back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from deployments.cli.options import AsJson  # noqa: TC001  # cyclopts resolves it at run time
from deployments.cli.output import emit_json, say
from tasks.domain.exits import Exit
from tasks.domain.recipes import RecipeError, follow, from_plain, undo
from tasks.domain.version import VERSION
from tasks.tools import bundles, git
from tasks.tools.errors import PermanentToolError
from tasks.tools.files import put

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.domain.reporting.bundle import Bundle

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
    as_json: AsJson = False,
) -> int:
    """Apply candidates by id; without ids, the accepted ones together.

    Args:
        bundle: Folder that `cmi run` printed.
        ids: Candidates, or `proposed` for all undecided ones together.
        to: Root of the files, as the run saw it.
        dry_run: Change nothing.
        reverse: Take the changes back instead.
        as_json: Print one JSON document.
    """
    read = bundles.read(bundle)
    root = (to or Path()).resolve()
    tree = _Tree(root)
    outcomes = [_one(read, tree, name, reverse=reverse) for name in _wanted(read, ids)]
    refused = [f"{each['id']}: {each['reason']}" for each in outcomes if each["state"] == REFUSED]
    code = Exit.GATE if refused else Exit.DONE
    if not dry_run and not refused:
        tree.write()
    if as_json:
        emit_json(
            {"version": VERSION, "root": str(root), "dry_run": dry_run, "reverse": reverse}
            | {"changes": outcomes, "exit": {"code": int(code), "reasons": refused}}
        )
    _tell(outcomes)
    return code


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

    def files(self, names: list[str]) -> dict[str, bytes]:
        """Give the present bytes of ``names``, changes of this call included."""
        for name in names:
            if name not in self._now:
                self._now[name] = self._read[name] = self._inside(name).read_bytes()
        return {name: self._now[name] for name in names}

    def change(self, files: Mapping[str, bytes]) -> None:
        """Remember new bytes."""
        self._now.update(files)

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


def _one(bundle: Bundle, tree: _Tree, name: str, *, reverse: bool) -> dict[str, str]:
    """Change ``tree`` by one candidate or combined patch, and say what became of it."""
    try:
        if name in {"accepted", "proposed"}:
            return _outcome(
                name, *_patched(bundle.files.get(f"{name}.patch"), tree, reverse=reverse)
            )
        record = next(each for each in bundle.document["candidates"] if each["id"] == name)
        if record["recipe_file"]:
            return _outcome(name, *_followed(bundle, record, tree, reverse=reverse))
        patch = bundle.files.get(record["patch_file"] or "")
        return _outcome(name, *_patched(patch, tree, reverse=reverse))
    except (git.PatchRefusedError, RecipeError) as error:
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
    bundle: Bundle, record: Mapping[str, Any], tree: _Tree, *, reverse: bool
) -> tuple[str, str]:
    try:
        recipe = from_plain(json.loads(bundle.files.get(record["recipe_file"], b"")))
    except ValueError as error:
        msg = f"{record['recipe_file']} is not a recipe that we wrote"
        raise RecipeError(msg) from error
    before = tree.files([recipe.file])[recipe.file]
    after = undo(recipe, before) if reverse else follow(recipe, before)
    tree.change({recipe.file: after})
    return (ALREADY if after == before else APPLIED), ""
