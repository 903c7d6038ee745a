"""The doors that hostile bytes come through, each as a function with its oracles.

A door takes bytes and raises nothing: what its reader may refuse is caught here, by the
one class that it promises. Whatever else comes out is a finding of the fuzzer, and so is
an answer that contradicts itself (`AssertionError`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.patches import apply_edits, inverse
from tasks.domain.platform import dockerfile
from tasks.domain.platform.compose import dotenv
from tasks.domain.platform.compose import reader as compose
from tasks.domain.platform.compose.resolve import resolve
from tasks.domain.platform.documents import DocumentError, decode, parse
from tasks.domain.platform.entries import find
from tasks.domain.platform.features import features_of
from tasks.domain.platform.kubernetes import reader as kubernetes
from tasks.domain.platform.model import EntryKind
from tasks.domain.platform.sources import Source
from tasks.domain.platform.survey import survey
from tasks.domain.propose import propose
from tasks.domain.settings import SettingsError, read_settings
from tests.places import misplaced

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.domain.platform.model import Entry, Platform

# Where one file ends and the next begins, when a door takes several.
NEXT_FILE = b"\n#%% "
_MAIN = {"compose": "compose.yaml", "kubernetes": "all.yaml"}


@dataclass(frozen=True, slots=True)
class Door:
    """One reader. ``share``: its part of the time, ``suffix``: which of our files feed it."""

    name: str
    enter: Callable[[bytes], None]
    share: int


def _yaml(data: bytes) -> None:
    try:
        text = decode("fuzz.yaml", data)
        documents = parse("fuzz.yaml", text)
    except DocumentError as error:
        _refused(data, error.line, error.reason)
        return
    assert misplaced(text, documents) == []


def _refused(data: bytes, line: int, reason: str) -> None:
    """A refusal names a line that there is, and why."""
    assert reason
    assert 1 <= line <= data.count(b"\n") + data.count(b"\r") + 2


def files_of(data: bytes, main: str) -> dict[str, bytes]:
    """Split ``data`` into files: the first is ``main``, others begin with their name."""
    first, *rest = data.split(NEXT_FILE)
    files = {main: first}
    for part in rest:
        name, _, body = part.partition(b"\n")
        path = name.decode("ascii", "ignore").strip()[:40]
        if path and not path.startswith("/") and ".." not in path:
            files[path] = body
    return files


def _platforms(data: bytes, main: str) -> None:
    """Go the way of `cmi check`: survey, entries, platform, findings, changes, and back."""
    source = Source("fuzz", files_of(data, main))
    for entry in (each.entry for each in find(source, survey(source))):
        if entry.kind in (EntryKind.COMPOSE, EntryKind.KUBERNETES):
            _improve(source, entry)


def _improve(source: Source, entry: Entry) -> None:
    platform = _read(source, entry)
    findings = assess(platform)
    for each in findings:
        assert each.place.file in source.files or each.place.line == 1
    for candidate in propose(platform, findings, source):
        before = {e.file: decode(e.file, source.files[e.file]) for e in candidate.edits}
        for file, text in before.items():
            edits = [e for e in candidate.edits if e.file == file]
            after = apply_edits(text, edits)
            assert apply_edits(after, inverse(text, edits)) == text
            parse(file, after)


def _read(source: Source, entry: Entry) -> Platform:
    if entry.kind is EntryKind.KUBERNETES:
        return kubernetes.read(source, entry)
    resolve(source, entry, ("debug",)).counts()
    return compose.read(source, entry)


def _compose(data: bytes) -> None:
    _platforms(data, _MAIN["compose"])


def _kubernetes(data: bytes) -> None:
    _platforms(data, _MAIN["kubernetes"])


def _dockerfile(data: bytes) -> None:
    source = Source("fuzz", {"Dockerfile": data})
    try:
        read = dockerfile.read(source, "Dockerfile")
    except DocumentError as error:
        _refused(data, error.line, error.reason)
        return
    assert read.stages


def _dotenv(data: bytes) -> None:
    try:
        text = decode(".env", data)
        for value, line in dotenv.parse(text, {"KNOWN": "1"}).values():
            assert value is None or isinstance(value, str)
            assert line >= 1
    except (DocumentError, dotenv.DotenvError) as error:
        _refused(data, error.line, error.reason)


def _settings(data: bytes) -> None:
    try:
        read_settings("cmi.yaml", decode("cmi.yaml", data), ["runs-as-root"])
    except DocumentError as error:
        _refused(data, error.line, error.reason)
    except SettingsError as error:
        _refused(data, error.problems[0].place.line, str(error))


def _features(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    seen = features_of(text, {"web", "db"}, name=text[:20])
    assert seen.refers_to in {"", "web", "db"}


DOORS = (
    Door("yaml", _yaml, 2),
    Door("compose", _compose, 4),
    Door("kubernetes", _kubernetes, 4),
    Door("dockerfile", _dockerfile, 2),
    Door("dotenv", _dotenv, 1),
    Door("settings", _settings, 1),
    Door("features", _features, 1),
)
