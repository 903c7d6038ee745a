"""Which findings `cmi check` shows: all, those a baseline does not know, those of a change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.baseline import BaselineError, read_baseline, split
from tasks.tools.errors import PermanentToolError
from tasks.tools.history import changes
from tasks.tools.platforms import EntryMissingError, look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from deployments.cli.asked import Compare
    from tasks.domain.findings import Finding
    from tasks.domain.platform.intake import Intake
    from tasks.domain.settings import Settings
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


def compared(
    paths: Sequence[Path],
    compare: Compare,
    seen: Intake,
    findings: tuple[Finding, ...],
    config: tuple[Settings, Path | None],
) -> Compared:
    """Narrow ``findings`` to what was asked for.

    Raises:
        PermanentToolError: There is nothing to compare with, or it is of another platform.
    """
    if seen.platform is None:
        return Compared(())
    settings, file = config
    shown, gone = findings, None
    if compare.new_only and (compare.baseline or settings.baseline):
        beside = (file.parent if file else next(iter(paths), Path())) / settings.baseline
        shown, gone = _since_baseline(compare.baseline or beside, seen, findings)
    known = len(findings) - len(shown)
    if compare.since is None:
        return Compared(shown, known, gone)
    shown, changed = _since_commit(paths, compare, seen, shown, settings)
    return Compared(shown, known, gone, changed)


def _since_baseline(
    file: Path, seen: Intake, findings: tuple[Finding, ...]
) -> tuple[tuple[Finding, ...], int]:
    assert seen.platform is not None  # noqa: S101  # the caller's condition, for the type checker
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The baseline {file} cannot be read."
        raise PermanentToolError(msg, "Write it with --write-baseline.") from error
    try:
        new, gone = split(read_baseline(str(file), text), seen.platform, findings)
    except BaselineError as error:
        raise PermanentToolError(str(error)) from error
    return new, len(gone)


def _since_commit(
    paths: Sequence[Path],
    compare: Compare,
    seen: Intake,
    findings: tuple[Finding, ...],
    settings: Settings,
) -> tuple[tuple[Finding, ...], Changed]:
    """Keep what lies in a changed file, and what was not there before the change.

    The second part is what a list of files would miss: a Dockerfile that loses its
    HEALTHCHECK makes a finding in the Compose file, which nobody touched. Where news are
    asked for and no baseline is named, the commit is the baseline: only the second part.
    """
    assert seen.platform is not None  # noqa: S101  # the caller's condition, for the type checker
    found = changes(paths, seen.source, seen.platform.files, str(compare.since))
    before = _before(found, seen, settings) if found.former else {each.id for each in findings}
    whole = () if compare.new_only and not (compare.baseline or settings.baseline) else found.former
    shown = tuple(each for each in findings if each.place.file in whole or each.id not in before)
    own = {*seen.platform.files, *(name for name in found.former if name not in seen.source.files)}
    files = tuple(name for name in found.former if name in own)
    return shown, Changed(found.since, files, len(findings) - len(shown))


def _before(found: Changes, seen: Intake, settings: Settings) -> AbstractSet[str]:
    """Name the findings of before; none when the entry was not there yet."""
    entry = seen.entry.id if seen.entry else None
    try:
        then = look(found.before(seen.source), entry, settings.profiles)
    except EntryMissingError:
        return frozenset()
    return {each.id for each in assess(then.platform)} if then.platform else frozenset()
