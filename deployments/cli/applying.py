"""Changes of a bundle in the user's files: how they get in, and out again, all or none."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, TypeAlias

from tasks.domain.exits import Exit
from tasks.domain.recipes import RecipeError, follow, from_bytes, together, undo
from tasks.tools import git
from tasks.tools.branches import Commit, make
from tasks.tools.errors import PermanentToolError
from tasks.tools.files import put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tasks.domain.candidates import Recipe
    from tasks.domain.reporting.bundle import Bundle
    from tasks.tools.branches import Made

Outcome: TypeAlias = dict[str, str]

APPLIED, ALREADY, REFUSED = "applied", "already", "refused"


class ApplyError(PermanentToolError):
    """What was asked for cannot be applied."""

    exit = Exit.USAGE


class Tree:
    """The user's files, read when needed, written all at the end."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, bytes] = {}
        self._now: dict[str, bytes] = {}
        self.steps: list[Commit] = []

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
        for commit in self.steps:
            known |= commit.files
        changed = {file: data for file, data in self._now.items() if data != known[file]}
        if not changed:
            return
        message = f"{name}\n\ncmi apply {name}\n"
        if self.steps and self.steps[-1].message == message:
            changed = {**self.steps.pop().files, **changed}
        self.steps.append(Commit(message, changed))

    def commit(self, branch: str) -> Made:
        """Put the steps on a branch."""
        return make([self.root], branch, self.steps, self._read)

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


def change(
    bundle: Bundle, root: Path, names: Sequence[str], *, reverse: bool
) -> tuple[Tree, list[Outcome]]:
    """Give the files below ``root`` with all that was asked for, and what became of each.

    What can be taken back as a whole is there already, and the other way round.
    """
    tree = Tree(root)
    found = _changed(bundle, tree, names, reverse=reverse)
    if any(each["state"] == REFUSED for each in found):
        back = _changed(bundle, Tree(root), names, reverse=not reverse)
        if all(each["state"] == APPLIED for each in back):
            return Tree(root), [_outcome(name, ALREADY) for name in names]
    return tree, found


def _changed(bundle: Bundle, tree: Tree, names: Sequence[str], *, reverse: bool) -> list[Outcome]:
    """Change ``tree`` by all that was asked for, and say in that order what became of each.

    A recipe holds for one content of its file, so recipes come before patches, and
    go back after them. What was accepted may be made by both.
    """
    held = {name: _files_of(bundle, name) for name in names}
    recipes = {name: recipe for name, (_, recipe) in held.items() if recipe}
    patches = {name: patch for name, (patch, _) in held.items() if patch or name not in recipes}
    said: dict[str, list[Outcome]] = {name: [] for name in names}
    for mixed in (patches, recipes) if reverse else (recipes, patches):
        if mixed is recipes:
            for each in _followed(bundle, tree, recipes, reverse=reverse):
                said[each["id"]].append(each)
            continue
        for name, patch in patches.items():
            said[name].append(_one(bundle, tree, name, patch, reverse=reverse))
            tree.step(name)
    return [_decisive(said[name]) for name in names]


def _files_of(bundle: Bundle, name: str) -> tuple[str, str]:
    """Give the patch and the recipes of a change; what it has none of is empty."""
    if name in {"accepted", "proposed"}:
        wanted = (f"{name}.patch", f"recipes/{name}.json")
        patch, recipe = (each if each in bundle.files else "" for each in wanted)
        return patch, recipe
    record = next(each for each in bundle.document["candidates"] if each["id"] == name)
    return record["patch_file"] or "", record["recipe_file"] or ""


def _decisive(said: Sequence[Outcome]) -> Outcome:
    """Of what became of the parts of a change, pick what counts for the whole."""
    return min(said, key=lambda each: (REFUSED, APPLIED, ALREADY).index(each["state"]))


def _one(bundle: Bundle, tree: Tree, name: str, file: str, *, reverse: bool) -> Outcome:
    """Change ``tree`` by one patch, and say what became of it."""
    try:
        return _outcome(name, *_patched(bundle.files.get(file), tree, reverse=reverse))
    except git.PatchRefusedError as error:
        return _outcome(name, REFUSED, str(error))


def _outcome(name: str, state: str, reason: str = "") -> Outcome:
    return {"id": name, "state": state, "reason": reason}


def _patched(data: bytes | None, tree: Tree, *, reverse: bool) -> tuple[str, str]:
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
    bundle: Bundle, tree: Tree, named: Mapping[str, str], *, reverse: bool
) -> Iterator[Outcome]:
    """Follow the recipes of each file together: each is for the file as it was without them."""
    wanted: dict[str, tuple[Recipe, ...]] = {}
    for name, file in named.items():
        try:
            wanted[name] = from_bytes(bundle.files.get(file, b""))
        except RecipeError as error:
            yield _outcome(name, REFUSED, str(error))
    groups: dict[str, list[Recipe]] = {}
    for each in itertools.chain(*wanted.values()):
        groups.setdefault(each.file, []).append(each)
    moves: dict[str, _Move] = {}
    refused: dict[str, str] = {}
    for file, group in groups.items():
        try:
            moves[file] = _Move(tree.files([file])[file], group, reverse=reverse)
        except RecipeError as error:
            refused[file] = str(error)
    for name, recipes in wanted.items():
        if faults := [refused[each.file] for each in recipes if each.file in refused]:
            yield _outcome(name, REFUSED, faults[0])
            continue
        tree.change({each.file: moves[each.file].take(each) for each in recipes})
        tree.step(name)
        same = all(moves[each.file].same for each in recipes)
        yield _outcome(name, ALREADY if same else APPLIED)


class _Move:
    """One file and its recipes, which are followed one upon the other, or taken back at once."""

    def __init__(self, before: bytes, recipes: Sequence[Recipe], *, reverse: bool) -> None:
        whole = together(recipes)
        self.before, self.after = before, undo(whole, before) if reverse else follow(whole, before)
        self._singly = not reverse and not self.same
        self._taken: list[Recipe] = []

    @property
    def same(self) -> bool:
        """Tell whether there is nothing to change."""
        return self.after == self.before

    def take(self, recipe: Recipe) -> bytes:
        """Give the file with one recipe more."""
        self._taken.append(recipe)
        return follow(together(self._taken), self.before) if self._singly else self.after
