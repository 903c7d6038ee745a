"""Entries: the ways in which a source defines a platform, and which one is meant.

A scan never adds variants up: files that would start the same things are
entries of their own. Which entry is taken without being asked follows one
rule, and the entry says so in ``why``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tasks.domain.platform.compose_shape import DEFAULT_NAMES, OVERRIDE_NAMES
from tasks.domain.platform.groups import (
    Found,
    by_folder,
    folder_entry,
    group_manifests,
    lies_below,
    runs_of,
)
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.survey import Form, Surveyed, survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tasks.domain.platform.sources import Source

_ORDER = (EntryKind.COMPOSE, EntryKind.KUBERNETES, EntryKind.KUSTOMIZE, EntryKind.HELM)


class UnknownEntryError(Exception):
    """No entry has that id or path; the message lists those that there are."""


def discover(source: Source) -> tuple[Entry, ...]:
    """List the entries of ``source``, the default one first."""
    return tuple(each.entry for each in find(source, survey(source)))


def find(source: Source, files: Sequence[Surveyed]) -> tuple[Found, ...]:
    """List the entries among surveyed ``files``, best first, with what they run."""
    if source.entries:
        found = list(_told(source, files))
    elif source.asked and all(path in {f.path for f in files} for path in source.asked):
        found = _named(source, files)
    else:
        found = [
            *_compose(files),
            *_charts(files),
            *_kustomizations(files),
            *group_manifests(files),
        ]
    ranked = sorted(found, key=_rank)
    return _explained(_unique(ranked))


def choose(entries: Sequence[Entry], wanted: str | None = None) -> Entry | None:
    """Pick the entry that was asked for by id or path, else the default; None without any.

    Raises:
        UnknownEntryError: Something was asked for that is not there.
    """
    if wanted is None:
        return next((e for e in entries if e.default), entries[0] if entries else None)
    plain = wanted.removeprefix("./").rstrip("/")
    for entry in entries:
        if entry.id in (wanted, plain):
            return entry
    for entry in entries:
        if entry.paths == (plain,):
            return entry
    known = ", ".join(e.id for e in entries) or "none"
    msg = f"There is no entry {wanted} here. Known entries: {known}."
    raise UnknownEntryError(msg)


def files_of(source: Source, entry: Entry) -> tuple[str, ...]:
    """List the files under an entry's paths, in order; a folder stands for all below it."""
    found: dict[str, None] = {}
    for path in entry.paths:
        if path in source.files:
            found[path] = None
        else:
            prefix = "" if path == "." else f"{path}/"
            found |= dict.fromkeys(p for p in sorted(source.files) if p.startswith(prefix))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much an entry shares with another: names of services, and what the smaller one runs."""

    other: str  # id of the entry that comes first
    shared: int
    smaller: int

    @property
    def same(self) -> bool:
        """Tell whether the two are variants: most of what the smaller runs, both run."""
        return self.shared * 2 > self.smaller


def likeness(one: Found, other: Found) -> Likeness:
    """Measure two entries against each other by the names of what they run."""
    smaller = min(len(one.runs), len(other.runs))
    return Likeness(other.entry.id, len(one.runs & other.runs), smaller)


def variant_of(each: Found, before: Iterable[Found]) -> Likeness | None:
    """Find the entry that ``each`` is a variant of: the first one among those before it."""
    measured = (likeness(each, other) for other in before)
    return next((found for found in measured if found.same), None)


def _told(source: Source, files: Sequence[Surveyed]) -> Iterator[Found]:
    """Take the entries that the source itself knows, as an engine knows its projects."""
    by_path = {each.path: each for each in files}
    for entry in source.entries:
        yield Found(entry, runs_of(by_path[path] for path in entry.paths if path in by_path))


def _named(source: Source, files: Sequence[Surveyed]) -> list[Found]:
    """Take files that were named one by one: those of a kind are one entry, in their order."""
    compose = [f for f in files if f.form is Form.COMPOSE]
    objects = [f for f in files if f.form is Form.KUBERNETES or f.tally.kinds]
    found = [*_charts(files), *_kustomizations(files)]
    if compose:
        paths = tuple(f.path for f in compose)
        whole = len(compose) > 1 or not compose[0].incomplete
        entry = Entry("+".join(paths), EntryKind.COMPOSE, paths, why=_lacks(compose[0], whole))
        found.append(Found(entry, runs_of(compose), whole=whole))
    objects = [f for f in objects if f.form is not Form.KUSTOMIZATION]
    if objects:
        paths = tuple(f.path for f in objects)
        found.append(Found(Entry("+".join(paths), EntryKind.KUBERNETES, paths), runs_of(objects)))
    return found


def _lacks(file: Surveyed, whole: bool) -> str:  # noqa: FBT001  # one caller, reads well
    return "" if whole else f"not valid alone: {file.incomplete}"


def _compose(files: Sequence[Surveyed]) -> Iterator[Found]:
    for folder, members in by_folder(files, Form.COMPOSE).items():
        names = {f.path.rpartition("/")[2]: f for f in members}
        base = next((names[n] for n in DEFAULT_NAMES if n in names), None)
        override = next((names[n] for n in OVERRIDE_NAMES if n in names), None) if base else None
        if base:
            parts = [base, override] if override else [base]
            whole = override is not None or not base.incomplete
            entry = Entry(
                base.path,
                EntryKind.COMPOSE,
                tuple(f.path for f in parts),
                why=_lacks(base, whole),
            )
            yield Found(entry, runs_of(parts), whole=whole, standard=folder == ".")
        for file in members:
            if file is not base and file is not override:
                yield _other_compose(file, base)


def _other_compose(file: Surveyed, base: Surveyed | None) -> Found:
    why = _lacks(file, not file.incomplete)
    if file.incomplete and base:
        why += f"; an overlay, name it after {base.path}"
    entry = Entry(file.path, EntryKind.COMPOSE, (file.path,), why=why)
    return Found(entry, runs_of([file]), whole=not file.incomplete)


def _charts(files: Iterable[Surveyed]) -> Iterator[Found]:
    """Offer each chart; those inside another chart are rendered with it."""
    charts = [f for f in files if f.form is Form.CHART]
    folders = {f.folder for f in charts}
    for file in charts:
        inside = any(lies_below(file.folder, f"{other}/charts") for other in folders)
        if not file.component and not inside:
            yield Found(folder_entry(file.folder, EntryKind.HELM), frozenset())


def _kustomizations(files: Sequence[Surveyed]) -> Iterator[Found]:
    roots = {f.folder: f for f in files if f.form is Form.KUSTOMIZATION}
    manifests = {f.path: f for f in files if f.form is Form.KUBERNETES}
    for folder, file in roots.items():
        if not file.component:
            reached = list(_reached(folder, roots, manifests))
            yield Found(folder_entry(folder, EntryKind.KUSTOMIZE), runs_of(reached))


def _reached(
    folder: str, roots: dict[str, Surveyed], manifests: dict[str, Surveyed]
) -> Iterator[Surveyed]:
    """Give the manifests that a kustomization builds upon, through others that it names."""
    seen, open_folders = {folder}, [folder]
    while open_folders:
        here = open_folders.pop()
        for name in roots[here].refers:
            path = joined(here, name)
            if path in manifests:
                yield manifests[path]
            elif path in roots and path not in seen:
                seen.add(path)
                open_folders.append(path)


def joined(folder: str, name: str) -> str:
    """Resolve a relative reference; what climbs out of the source resolves to nothing."""
    parts = [] if folder == "." else folder.split("/")
    for part in name.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."


def _rank(found: Found) -> tuple[bool, bool, bool, bool, int, bool, int, int, str]:
    entry = found.entry
    return (
        not found.whole,
        not found.standard,
        found.aside,
        not found.runs and entry.kind is not EntryKind.HELM,
        -len(found.runs),
        entry.kind in (EntryKind.KUSTOMIZE, EntryKind.HELM),
        0 if entry.paths[0] == "." else entry.paths[0].count("/"),
        _ORDER.index(entry.kind),
        entry.id,
    )


def _unique(ranked: Iterable[Found]) -> list[Found]:
    """Give entries of one folder different ids: the later one carries its kind."""
    seen: set[str] = set()
    result = []
    for each in ranked:
        name = each.entry.id
        number = 1
        while name in seen:
            suffix = f":{each.entry.kind}" if number == 1 else f":{each.entry.kind}-{number}"
            name, number = f"{each.entry.id}{suffix}", number + 1
        seen.add(name)
        result.append(replace(each, entry=replace(each.entry, id=name)))
    return result


def _explained(found: Sequence[Found]) -> tuple[Found, ...]:
    """Mark the first entry as the default, and say by which rule."""
    if not found:
        return ()
    first, others = found[0], found[1:]
    rule = _rule(first, others)
    why = "; ".join(part for part in (rule, first.entry.why) if part)
    return (replace(first, entry=replace(first.entry, default=True, why=why)), *others)


def _rule(first: Found, others: Sequence[Found]) -> str:
    if not others:
        return "the only entry"
    if first.standard and first.whole:
        return "what `docker compose up` starts here"
    rivals = [each for each in others if each.whole and not each.aside]
    most = max((len(each.runs) for each in rivals), default=0)
    if len(first.runs) > most:
        return f"runs the most ({len(first.runs)})"
    if first.runs:
        return f"runs the most ({len(first.runs)}; of several, the plainest and shallowest)"
    return "comes first by path; what it runs is known when it is rendered"
