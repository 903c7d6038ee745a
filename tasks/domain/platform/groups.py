"""Groups of manifests: which files of a source belong together, and which are variants."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.survey import Form, Surveyed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Two files of a folder that share so many workloads are variants, not parts of one platform.
SHARED_BY_VARIANTS = 2
# Folders whose names say that they are not the platform itself.
_ASIDE = frozenset(
    [
        "test",
        "tests",
        "testing",
        "testdata",
        "e2e",
        "fixtures",
        "example",
        "examples",
        "sample",
        "samples",
        "rendered",
        "generated",
        "docs",
        "old-docs",
        "old",
        "archive",
        "archived",
        "deprecated",
        "legacy",
        "components",
        "vendor",
        "hack",
    ]
)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with what decides its rank: the things it runs, and whether it stands alone."""

    entry: Entry
    runs: frozenset[str]
    whole: bool = True
    standard: bool = False  # what `docker compose up` would take in the root

    @property
    def aside(self) -> bool:
        """Whether a folder's name says that this is a test, an example or an old state."""
        return not _ASIDE.isdisjoint(self.entry.paths[0].lower().split("/")[:-1])


def runs_of(files: Iterable[Surveyed]) -> frozenset[str]:
    """Name everything that ``files`` would start."""
    return frozenset(name for file in files for name in file.runs)


def by_folder(files: Iterable[Surveyed], form: Form) -> dict[str, list[Surveyed]]:
    """Group the files of one form by their folder."""
    folders: dict[str, list[Surveyed]] = defaultdict(list)
    for file in files:
        if file.form is form:
            folders[file.folder].append(file)
    return folders


def folder_entry(folder: str, kind: EntryKind) -> Entry:
    """Make a folder an entry, named after it."""
    return Entry(str(kind) if folder == "." else folder, kind, (folder,))


def group_manifests(files: Sequence[Surveyed]) -> list[Found]:
    """Group plain manifests by folder; a folder's variants stand alone."""
    built = {f.folder for f in files if f.form is Form.KUSTOMIZATION and not f.component}
    folders = {
        folder: members
        for folder, members in by_folder(files, Form.KUBERNETES).items()
        if folder not in built
    }
    others = {*folders, *(f.folder for f in files if f.form in (Form.CHART, Form.KUSTOMIZATION))}
    found: list[Found] = []
    for folder, members in folders.items():
        alone = any(other != folder and lies_below(other, folder) for other in others)
        found.extend(
            _group_entry(folder, group, len(group) == len(members) and not alone)
            for group in _groups(members)
        )
    return [*found, *_whole_trees([each for each in found if not each.aside])]


def _groups(members: list[Surveyed]) -> list[list[Surveyed]]:
    """Split a folder into variants that stand alone, and the rest, which belongs together."""
    by_run: dict[str, list[int]] = {}
    for number, file in enumerate(members):
        for name in set(file.runs):
            by_run.setdefault(name, []).append(number)
    variants = [
        file for number, file in enumerate(members) if _shares(number, set(file.runs), by_run)
    ]
    running = [file for file in members if file.runs]
    extras = [file for file in members if not file.runs]
    if len(running) == 1 and len(running[0].runs) > 1 and all(f.custom_only for f in extras):
        variants = running
    apart = {file.path for file in variants}
    rest = [file for file in members if file.path not in apart]
    return [*([file] for file in variants), *([rest] if rest else [])]


def _shares(number: int, runs: Iterable[str], by_run: Mapping[str, Sequence[int]]) -> bool:
    """Tell whether another file starts so many of the same that one is the other's variant."""
    shared = Counter(other for name in runs for other in by_run[name] if other != number)
    return any(count >= SHARED_BY_VARIANTS for count in shared.values())


def _group_entry(folder: str, group: list[Surveyed], whole_folder: bool) -> Found:  # noqa: FBT001  # one caller
    runs = runs_of(group)
    if len(group) == 1 and (not whole_folder or folder == "."):
        return Found(Entry(group[0].path, EntryKind.KUBERNETES, (group[0].path,)), runs)
    if whole_folder:
        return Found(folder_entry(folder, EntryKind.KUBERNETES), runs)
    paths = tuple(file.path for file in group)
    name = "kubernetes" if folder == "." else folder
    return Found(Entry(name, EntryKind.KUBERNETES, paths), runs)


def _whole_trees(found: Sequence[Found]) -> Iterator[Found]:
    """Offer a folder whose parts lie in folders of their own and start different things."""
    parents: dict[str, list[Found]] = defaultdict(list)
    for each in found:
        folder = _home(each.entry)
        for holder in (folder, *([_parent(folder)] if folder != "." else [])):
            parents[holder].append(each)
    for folder, parts in parents.items():
        below = [each for each in found if lies_below(_home(each.entry), folder)]
        inside = [each for each in parts if _home(each.entry) != folder]
        split = len({_home(each.entry) for each in parts}) < len(parts)
        runs = [name for each in parts for name in each.runs]
        apart = inside and not split
        if len(below) == len(parts) > 1 and apart and len(runs) == len(set(runs)) > 1:
            name = "kubernetes" if folder == "." else folder
            paths = tuple(path for each in parts for path in each.entry.paths)
            entry = Entry(name, EntryKind.KUBERNETES, paths, why="all manifests below")
            yield Found(entry, frozenset(runs))


def _home(entry: Entry) -> str:
    path = entry.paths[0]
    return _parent(path) if path.endswith((".yaml", ".yml", ".json")) else path


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "."


def lies_below(path: str, folder: str) -> bool:
    """Tell whether ``path`` is ``folder`` or lies in it."""
    return folder in (".", path) or path.startswith(f"{folder}/")
