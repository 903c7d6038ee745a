"""Which findings `cmi check` shows: all, those a baseline does not know, those of a change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.baseline import BaselineError, read_baseline, split
from tasks.tools.errors import PermanentToolError
from tasks.tools.history import changes
from tasks.tools.platforms import EntryMissingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from deployments.cli.asked import Compare
    from tasks.domain.answers import Answer
    from tasks.domain.findings import Finding
    from tasks.domain.platform.sources import Source
    from tasks.domain.settings import Settings
    from tasks.tools.answers import Reader
    from tasks.tools.history import Changes


@dataclass(frozen=True, slots=True)
class Changed:
    """What of the entry changed since a commit."""

    since: str
    files: tuple[str, ...]
    left_out: int  # findings that neither lie there nor came with the change


@dataclass(frozen=True, slots=True)
class Compared:
    """The findings to show, and how many were left out for which reason."""

    shown: tuple[Finding, ...]
    known: int = 0  # findings that the baseline knows
    gone: int | None = None  # findings of the baseline that are no more
    changed: Changed | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the findings are of: the paths, their source, the settings beside, and who answers."""

    paths: Sequence[Path]
    source: Source
    settings: Settings
    file: Path | None  # of the settings
    reader: Reader

    def baseline(self, compare: Compare) -> Path | None:
        """Find the baseline that news are asked about: named now, or in the settings."""
        if not compare.new_only or not (compare.baseline or self.settings.baseline):
            return None
        beside = self.file.parent if self.file else next(iter(self.paths), Path())
        return compare.baseline or beside / self.settings.baseline


def compared(
    ground: Ground, compare: Compare, answer: Answer, findings: tuple[Finding, ...]
) -> Compared:
    """Narrow ``findings`` to what was asked for.

    Raises:
        PermanentToolError: There is nothing to compare with, or it is of another platform.
    """
    if not answer.found:
        return Compared(())
    shown, gone = findings, None
    if baseline := ground.baseline(compare):
        shown, gone = _since_baseline(baseline, answer, findings)
    known = len(findings) - len(shown)
    if compare.since is None:
        return Compared(shown, known, gone)
    shown, changed = _since_commit(ground, compare, answer, shown)
    return Compared(shown, known, gone, changed)


def _since_baseline(
    file: Path, answer: Answer, findings: tuple[Finding, ...]
) -> tuple[tuple[Finding, ...], int]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The baseline {file} cannot be read."
        raise PermanentToolError(msg, "Write it with --write-baseline.") from error
    try:
        new, gone = split(read_baseline(str(file), text), answer, findings)
    except BaselineError as error:
        raise PermanentToolError(str(error)) from error
    return new, len(gone)


def _since_commit(
    ground: Ground, compare: Compare, answer: Answer, findings: tuple[Finding, ...]
) -> tuple[tuple[Finding, ...], Changed]:
    """Keep what lies in a changed file, and what was not there before the change.

    The second part is what a list of files would miss: a Dockerfile that loses its
    HEALTHCHECK makes a finding in the Compose file, which nobody touched. Where news are
    asked for and no baseline is named, the commit is the baseline: only the second part.
    """
    source = ground.source
    found = changes(ground.paths, source, answer.files, str(compare.since))
    before = _before(ground, found, answer) if found.former else {each.id for each in findings}
    whole = () if compare.new_only and not ground.baseline(compare) else found.former
    shown = tuple(each for each in findings if each.place.file in whole or each.id not in before)
    own = {*answer.files, *(name for name in found.former if name not in source.files)}
    files = tuple(name for name in found.former if name in own)
    return shown, Changed(found.since, files, len(findings) - len(shown))


def _before(ground: Ground, found: Changes, answer: Answer) -> AbstractSet[str]:
    """Name the findings of before; none when the entry was not there yet."""
    entry = answer.entry.id if answer.entry else None
    try:
        then = ground.reader.answer(found.before(ground.source), entry)
    except EntryMissingError:
        return frozenset()
    return {each.id for each in then.findings}
