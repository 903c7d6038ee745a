"""The intake: paths in, everything that is known of the platform out.

``cmi intake``, ``cmi check`` and the programme's first step share this, so that
all of them mean the same platform.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tasks.domain.comparison import Assessed
from tasks.domain.exits import Exit
from tasks.domain.platform import dockerfile
from tasks.domain.platform.compose import reader as compose_reader
from tasks.domain.platform.compose.resolve import resolve
from tasks.domain.platform.counts import total
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.entries import UnknownEntryError, choose, files_of, find, variant_of
from tasks.domain.platform.intake import EntrySummary, Intake
from tasks.domain.platform.kubernetes import reader as kubernetes_reader
from tasks.domain.platform.model import (
    EntryKind,
    NotAssessed,
    Platform,
    Unread,
)
from tasks.domain.platform.survey import survey
from tasks.tools import helm, kustomize
from tasks.tools.errors import PermanentToolError, ProgramMissingError, ToolError
from tasks.tools.opening import open_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tasks.domain.platform.containers import Build, Dockerfile
    from tasks.domain.platform.groups import Found
    from tasks.domain.platform.model import Entry
    from tasks.domain.platform.sources import Source
    from tasks.domain.platform.survey import Surveyed


MOST_COMPARED = 60  # entries side by side; each is read, rendered and assessed


class EntryMissingError(PermanentToolError):
    """The entry that was asked for is not there."""

    exit = Exit.USAGE


def pick(entries: Sequence[Entry], wanted: str | None) -> Entry | None:
    """Choose the entry that was asked for, or the default one.

    Raises:
        EntryMissingError: There is no such entry.
    """
    try:
        return choose(entries, wanted)
    except UnknownEntryError as error:
        remedy = "`cmi intake` lists the entries with their files."
        raise EntryMissingError(str(error), remedy) from error


@dataclass(frozen=True, slots=True)
class Seen:
    """The first look at a source: its files, and the entries among them, best first."""

    source: Source
    files: tuple[Surveyed, ...]
    found: tuple[Found, ...]


def _seen(source: Source) -> Seen:
    files = survey(source)
    return Seen(source, files, find(source, files))


def intake(
    places: Sequence[str | Path], entry: str | None = None, profiles: Sequence[str] = ()
) -> Intake:
    """Look at what is at ``places``, and read the platform of ``entry`` or of the default one.

    Raises:
        SourceError: There is nothing to read at ``places``.
        EntryMissingError: There is no such entry.
    """
    return look(open_source(places), entry, profiles)


def look(source: Source, entry: str | None = None, profiles: Sequence[str] = ()) -> Intake:
    """Look at a source that is open already; raises as `intake`, but for the source itself."""
    seen = _seen(source)
    chosen = pick([each.entry for each in seen.found], entry)
    platform = read_platform(seen.source, chosen, profiles) if chosen else None
    return _taken(seen, [platform] if platform else [])


def intake_all(source: Source, profiles: Sequence[str] = ()) -> tuple[Intake, list[Assessed]]:
    """Read every entry that stands alone, and give each beside the intake of the default one."""
    seen = _seen(source)
    found: list[Found] = []
    platforms: list[Platform] = []
    left = 0
    for each in seen.found:
        wanted = each.entry.default or _alone(seen.source, each)
        left += wanted and len(platforms) >= MOST_COMPARED
        if not wanted or len(platforms) >= MOST_COMPARED:
            found.append(each)
            continue
        platform = read_platform(seen.source, each.entry, profiles)
        platforms.append(platform)
        rendered = frozenset(service.name for service in platform.services)
        found.append(replace(each, runs=each.runs or rendered))
    seen = replace(seen, found=tuple(found))
    alike = {each.entry.id: variant_of(each, found[:n]) for n, each in enumerate(found)}
    assessed = [Assessed(p, alike[p.entry.id], p.unread, p.not_assessed) for p in platforms]
    taken = _taken(seen, platforms)
    return replace(taken, not_assessed=(*taken.not_assessed, *_uncompared(left))), assessed


def _uncompared(left: int) -> Iterable[NotAssessed]:
    if left:
        reason = f"only the first {MOST_COMPARED} are compared"
        yield NotAssessed(f"{left} more entries", reason, "Ask for one of them with --entry.")


def _alone(source: Source, found: Found) -> bool:
    if not found.whole:
        return False
    return found.entry.kind is not EntryKind.COMPOSE or not resolve(source, found.entry).error


def _taken(seen: Seen, platforms: Sequence[Platform]) -> Intake:
    """Put an intake together; the first platform is the one that was chosen."""
    platform = next(iter(platforms), None)
    taken = Intake(
        source=seen.source,
        written=total(each.tally for each in seen.files),
        entries=tuple(_summaries(seen, {each.entry.id: each for each in platforms})),
        entry=platform.entry if platform else None,
        platform=platform,
        unread=tuple(_unread(seen.source, seen.files, platform)),
        not_assessed=(*seen.source.not_assessed, *(platform.not_assessed if platform else ())),
    )
    seen.source.forget()
    return taken


def read_platform(source: Source, entry: Entry, profiles: Sequence[str] = ()) -> Platform:
    """Read one entry. What a tool could not render is a platform that says so."""
    if entry.kind is EntryKind.COMPOSE:
        return _with_dockerfiles(source, compose_reader.read(source, entry, profiles))
    if entry.kind is EntryKind.KUBERNETES:
        return kubernetes_reader.read(source, entry)
    render = helm.render if entry.kind is EntryKind.HELM else kustomize.render
    try:
        return kubernetes_reader.read(source, entry, render(source, entry))
    except ToolError as error:
        broken = not isinstance(error, ProgramMissingError)
        remedy = error.remedy or "`cmi doctor` says what is missing."
        missing = NotAssessed(f"entry {entry.id}", error.what, remedy, input=broken)
        return Platform(entry, not_assessed=(missing,))


def _with_dockerfiles(source: Source, platform: Platform) -> Platform:
    """Add the Dockerfiles that the platform's own images are built from."""
    builds = [c.build for s in platform.services for c in s.containers if c.build]
    read: dict[str, Dockerfile] = {}
    unread: list[Unread] = []
    unset: list[NotAssessed] = []
    for build in builds:
        path = dockerfile.dockerfile_for(source, build)
        try:
            if path and path not in read:
                read[path] = dockerfile.read(source, path)
                faults = read[path].faults
                unread += (Unread(path, each.place.line, each.value) for each in faults)
        except DocumentError as error:
            unread.append(Unread(error.file, error.line, error.reason))
            continue
        if path:
            unset += _unset(read[path], build)
    return replace(
        platform,
        dockerfiles=read,
        unread=tuple(dict.fromkeys((*platform.unread, *unread))),
        not_assessed=(*platform.not_assessed, *dict.fromkeys(unset)),
        files=tuple(sorted({*platform.files, *read})),
    )


def _unset(read: Dockerfile, build: Build) -> Iterable[NotAssessed]:
    """Name the base images that nobody knows before somebody gives the build a value."""
    for each in read.unset:
        if each.value not in build.arguments:
            yield NotAssessed(
                f"{each.place.file}:{each.place.line}",
                f"the base image depends on {each.value}, which has no value here",
                "Give it a default in the Dockerfile, or a value under `build.args`.",
            )


def _summaries(seen: Seen, platforms: Mapping[str, Platform]) -> Iterable[EntrySummary]:
    tallies = {each.path: each.tally for each in seen.files}
    for number, each in enumerate(seen.found):
        paths = files_of(seen.source, each.entry)
        yield EntrySummary(
            each.entry,
            total(tallies[path] for path in paths if path in tallies),
            _resolved(seen.source, each.entry, platforms.get(each.entry.id)),
            variant_of(each, seen.found[:number]),
        )


def _resolved(source: Source, entry: Entry, platform: Platform | None) -> dict[str, Any]:
    """Count what an entry comes to. Rendering costs time: only what was read is rendered."""
    if entry.kind is EntryKind.COMPOSE:
        resolved = resolve(source, entry)
        return {"error": resolved.error} if resolved.error else resolved.counts()
    if platform is not None:
        return figures(platform)
    if entry.kind is EntryKind.KUBERNETES:
        return figures(kubernetes_reader.read(source, entry))
    return {}


def figures(platform: Platform) -> dict[str, int]:
    """Count a Kubernetes platform after rendering."""
    containers = [c for service in platform.services for c in service.containers]
    return {
        "workloads": len(platform.services),
        "containers": sum(c.role != "init" for c in containers),
        "init_containers": sum(c.role == "init" for c in containers),
        "services": sum(e.kind == "Service" for e in platform.endpoints),
        "objects": len(platform.objects),
        "edges": len(platform.edges),
        "images": len({c.image.value for c in containers if c.image}),
    }


def _unread(
    source: Source, files: Iterable[Surveyed], platform: Platform | None
) -> Iterable[Unread]:
    """List once what could not be read: on the way, in the survey, in the entry itself."""
    found = [*source.unread, *(each.unread for each in files if each.unread)]
    if platform is not None:
        found += platform.unread
    return dict.fromkeys(found)
