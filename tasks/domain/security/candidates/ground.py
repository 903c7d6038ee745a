"""What the kinds of change stand on: the platform, its findings, its files as written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar, cast

from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.model import EntryKind
from tasks.domain.reporting.texts import wording
from tasks.domain.security.checks.parts import Part, parts
from tasks.domain.written_dockerfiles import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tasks.domain.candidates import Edit
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Platform, Service
    from tasks.domain.platform.sources import Source
    from tasks.domain.written import Written

T = TypeVar("T")
ENGLISH = "en"


class NotOfferedError(Exception):
    """Why there is no automatic change here, in one sentence for people."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Edits that close findings. ``facts`` say what the change assumes and may break."""

    closes: tuple[str, ...]
    edits: tuple[Edit, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change: which checks it answers, where, and how it edits.

    ``propose`` gets one finding and may close others of the same checks with it.
    """

    kind: str
    closes: tuple[str, ...]
    packaging: tuple[str, ...]
    propose: Callable[[Ground, Finding], Proposal]

    @property
    def measure(self) -> str:
        """What it claims to improve."""
        return wording(ENGLISH, "changes")(f"{self.kind}.why")

    @property
    def caution(self) -> str:
        """What it may break, or what it takes for granted."""
        return wording(ENGLISH, "changes")(f"{self.kind}.caution")


@dataclass
class Ground:
    """One platform with its findings; files are parsed once, and names looked up, not searched."""

    platform: Platform
    findings: tuple[Finding, ...]
    source: Source
    _files: dict[str, Written | None] = field(default_factory=dict)
    _hashes: dict[str, str] = field(default_factory=dict)
    _same: dict[tuple[str, ...], dict[str, tuple[Finding, ...]]] = field(default_factory=dict)
    _found: dict[Callable[[Ground], object], object] = field(default_factory=dict)

    @property
    def compose(self) -> bool:
        """Tell whether the entry is a Compose file set."""
        return self.platform.entry.kind is EntryKind.COMPOSE

    def once(self, look: Callable[[Ground], T]) -> T:
        """Give what ``look`` finds on this ground; it looks the first time only."""
        if look not in self._found:
            self._found[look] = look(self)
        return cast("T", self._found[look])

    def written(self, file: str) -> Written | None:
        """Give ``file`` as written; None when it is not YAML that can be read."""
        if file not in self._files:
            try:
                data = self.source.files.get(file)
                self._files[file] = None if data is None else read_file(file, data)
            except DocumentError:
                self._files[file] = None
        return self._files[file]

    def content(self, file: str) -> str:
        """Give the SHA-256 of ``file``; it is hashed once, however many changes it guards."""
        if file not in self._hashes:
            self._hashes[file] = hashlib.sha256(self.source.files.get(file, b"")).hexdigest()
        return self._hashes[file]

    def files(self) -> Iterator[Written]:
        """Give the readable files of the entry, in the order of merging, then by name."""
        first = [path for path in self.platform.entry.paths if path in self.source.files]
        for file in dict.fromkeys([*first, *self.platform.files]):
            if file.endswith((".yaml", ".yml", ".json")) and (written := self.written(file)):
                yield written

    def service(self, name: str) -> Service:
        """Find a service by name.

        Raises:
            NotOfferedError: There is none, or several of one name.
        """
        found = self.named(name)
        if len(found) != 1:
            msg = f"{len(found)} services are called {name}"
            raise NotOfferedError(msg)
        return found[0]

    def named(self, name: str) -> list[Service]:
        """Give the services of one name: there may be several in as many namespaces."""
        return self._services.get(name, [])

    def part(self, finding: Finding) -> Part:
        """Find the container that a finding is about.

        Raises:
            NotOfferedError: Its name means none or several.
        """
        found = self._parts.get(finding.subject, [])
        if len(found) > 1:  # one name in several namespaces: the place decides
            found = [each for each in found if each.service.place.file == finding.place.file]
            found = [each for each in found if _holds(each, finding)] or found
        if len(found) != 1:
            msg = f"{len(found)} containers are called {finding.subject}"
            raise NotOfferedError(msg)
        return found[0]

    def same(self, finding: Finding, *checks: str) -> Mapping[str, tuple[Finding, ...]]:
        """Map each subject to its findings of ``checks`` (by default the finding's own)."""
        wanted = checks or (finding.check,)
        if wanted not in self._same:
            of_checks = (each for each in self.findings if each.check in wanted)
            found = _grouped(of_checks, lambda each: each.subject)
            self._same[wanted] = {subject: tuple(each) for subject, each in found.items()}
        return self._same[wanted]

    def about(self, checks: Iterable[str]) -> list[Finding]:
        """Give the findings of ``checks``, in their order."""
        return [each for _, each in sorted(self._numbered(checks), key=itemgetter(0))]

    def _numbered(self, checks: Iterable[str]) -> Iterator[tuple[int, Finding]]:
        for check in checks:
            yield from self._by_check.get(check, ())

    def first(self, names: Iterable[str]) -> Finding:
        """Give the first of the findings with these ids.

        Raises:
            KeyError: None of them is among the findings.
        """
        found = [self._by_id[each] for each in names if each in self._by_id]
        if not found:
            raise KeyError(*names)
        return min(found, key=itemgetter(0))[1]

    @cached_property
    def _by_check(self) -> dict[str, list[tuple[int, Finding]]]:
        return _grouped(self._by_id.values(), lambda each: each[1].check)

    @cached_property
    def _by_id(self) -> dict[str, tuple[int, Finding]]:
        return {each[1].id: each for each in enumerate(self.findings)}

    @cached_property
    def _services(self) -> dict[str, list[Service]]:
        return _grouped(self.platform.services, lambda each: each.name)

    @cached_property
    def _parts(self) -> dict[str, list[Part]]:
        return _grouped(parts(self.platform), lambda each: each.subject)


def _grouped(things: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for each in things:
        found.setdefault(key(each), []).append(each)
    return found


def _holds(part: Part, finding: Finding) -> bool:
    return finding.path.startswith(part.service.path.split(":")[0]) and (
        part.container.place.line == finding.place.line or part.service.place <= finding.place
    )
