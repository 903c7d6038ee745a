"""Answer for a source: from what was kept when nothing that was read changed, else by reading.

What an answer depends on is known only when it was made: the files that the reader opened, and
those that it looked for. So two things are kept: what was looked at, by the place of the source;
and the answer, by the content of exactly that. Reading is determined by what it reads: as long
as all of that is the same, it would look at nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tasks.domain.answers import (
    Answer,
    answered,
    from_proposals,
    from_record,
    to_proposals,
    to_record,
)
from tasks.domain.platform.model import EntryKind
from tasks.domain.propose import Proposed
from tasks.tools import roundtrip
from tasks.tools.platforms import look
from tasks.tools.proposals import propose_everywhere
from tasks.tools.store import code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.candidates import Edit
    from tasks.domain.findings import Finding
    from tasks.domain.platform.intake import Intake
    from tasks.domain.platform.sources import Source
    from tasks.tools.store import Store

_RENDERED = (EntryKind.HELM, EntryKind.KUSTOMIZE)  # other programs have a part in these
_BROKEN = (ValueError, KeyError, TypeError, IndexError)


class Watched(Mapping[str, bytes]):
    """Files of a source, with a note of what was asked of them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.read: dict[str, None] = {}
        self.sought: dict[str, None] = {}
        self.listed = False

    def __getitem__(self, path: str) -> bytes:
        self.read[path] = None
        return self._files[path]

    def __contains__(self, path: object) -> bool:
        self.sought[str(path)] = None
        return path in self._files

    def __iter__(self) -> Iterator[str]:
        self.listed = True
        return iter(self._files)

    def __len__(self) -> int:
        self.listed = True
        return len(self._files)


class Reader:
    """Answers for sources below one place, with one choice of entry and profiles."""

    def __init__(
        self, store: Store, place: str, entry: str | None, profiles: Sequence[str]
    ) -> None:
        self._store = store
        self._entry = entry
        self._profiles = tuple(profiles)
        self._place = place
        self._seen: dict[int, Intake] = {}  # by the identity of the source

    def answer(self, source: Source, entry: str | None = None) -> Answer:
        """Assess ``source``, by another ``entry`` where one is named; raises as `look`."""
        wanted = entry or self._entry
        key = self._key(source, wanted)
        if key and (kept := self._kept(key)):
            return kept
        watched = Watched(source.files)
        seen = look(replace(source, files=watched), wanted, self._profiles)
        self._seen[id(source)] = seen
        answer = answered(seen)
        if seen.platform is not None and seen.platform.entry.kind not in _RENDERED:
            trace = {
                "listed": watched.listed,
                "read": list(watched.read),
                "sought": list(watched.sought),
            }
            # Whoever names the entry that was picked asks for the same.
            for asked in {wanted, seen.platform.entry.id}:
                key = self._trace_key(source, asked)
                self._store.put(key, trace)
                self._store.put(_content(key, trace, source), to_record(answer))
        return answer

    def proposals(self, source: Source, findings: Sequence[Finding]) -> Proposed:
        """Propose changes for ``findings``; the edits behind a kept patch are not given back."""
        whole = self._key(source, self._entry)
        names = [[each.id, bool(each.waived)] for each in findings]
        key = _digest(whole, "proposals", names) if whole else ""
        if key and (record := self._store.get(key)):
            try:
                return from_proposals(record)
            except _BROKEN:
                pass
        proposed = self.worked_out(source, findings)
        if key:
            self._store.put(key, to_proposals(proposed))
        return proposed

    def worked_out(self, source: Source, findings: Sequence[Finding]) -> Proposed:
        """Propose changes with their edits, whatever is kept."""
        seen = self._seen.get(id(source)) or look(source, self._entry, self._profiles)
        if seen.platform is None:
            return Proposed(())
        return propose_everywhere(seen.platform, findings, source)

    def keeps_whole(self, source: Source, edits: Iterable[Edit]) -> bool:
        """Tell whether these edits leave the platform as readable as it is."""
        seen = self._seen.get(id(source)) or look(source, self._entry, self._profiles)
        return seen.platform is None or roundtrip.keeps_whole(edits, seen.source, seen.platform)

    def _kept(self, key: str) -> Answer | None:
        try:
            return from_record(self._store.get(key))
        except _BROKEN:
            return None

    def _key(self, source: Source, entry: str | None) -> str:
        """Name the answer by the content of what was looked at before; empty: nobody did."""
        key = self._trace_key(source, entry)
        try:
            return _content(key, self._store.get(key), source)
        except _BROKEN:
            return ""

    def _trace_key(self, source: Source, entry: str | None) -> str:
        asked = [self._place, source.name, source.asked, entry, self._profiles]
        unread = [[each.file, each.line, each.reason] for each in source.unread]
        missing = [[each.what, each.reason, each.remedy] for each in source.not_assessed]
        return _digest(code(), asked, unread, missing)


def _content(key: str, trace: Any, source: Source) -> str:
    files = source.files
    names = list(files) if trace["listed"] else None
    read = [[path, _bytes(files, path)] for path in trace["read"]]
    sought = [[path, path in files] for path in trace["sought"]]
    return _digest(key, names, read, sought)


def _bytes(files: Mapping[str, bytes], path: str) -> str:
    try:
        return hashlib.sha256(files[path]).hexdigest()
    except KeyError:
        return ""


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
