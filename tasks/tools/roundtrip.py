"""Apply a change with git, assess the platform again, take the change back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.assess import assess
from tasks.domain.candidates import Proof, ProofState
from tasks.domain.patches import apply_edits
from tasks.domain.recipes import RecipeError, follow, undo
from tasks.domain.verification.roundtrips import judge
from tasks.domain.written import read_text
from tasks.tools import git
from tasks.tools.errors import PermanentToolError, ProgramMissingError
from tasks.tools.platforms import read_platform

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tasks.domain.candidates import Candidate, Edit
    from tasks.domain.conflicts import Combined
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Entry, Platform
    from tasks.domain.platform.sources import Source


class _Overlay(Mapping[str, bytes]):
    """A source's files with a few of them replaced; the others stay unopened."""

    def __init__(self, after: Mapping[str, bytes], files: Mapping[str, bytes]) -> None:
        self._after, self._files = after, files

    def __getitem__(self, path: str) -> bytes:
        return self._after[path] if path in self._after else self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def prove(
    candidate: Candidate,
    source: Source,
    platform: Platform,
    findings: Collection[Finding],
    read: Callable[[Source, Entry], Platform] = read_platform,
) -> Proof:
    """Send one candidate round: the part of its proof that needs no engine.

    Passed means: git (or the recipe) applied it, what it closes is gone, nothing
    as severe came, no service was lost, and undoing gave the same bytes.
    """
    files = sorted({edit.file for edit in candidate.edits})
    before = {file: source.files[file] for file in files}
    try:
        after = applied(candidate, before)
        restored = undone(candidate, after)
    except ProgramMissingError as error:
        return Proof(ProofState.NOT_ASSESSED, str(error))
    except (PermanentToolError, RecipeError) as error:
        return Proof(ProofState.FAILED, str(error))
    if restored != before:
        return Proof(ProofState.FAILED, "undone, it leaves other bytes than before")
    again = read(changed_source(source, after), platform.entry)
    return _assessed(candidate.closes, again, platform, findings)


def prove_together(
    combined: Combined,
    closes: Collection[str],
    source: Source,
    platform: Platform,
    findings: Collection[Finding],
) -> Proof:
    """Send a combined change round, as `prove` does with one candidate."""
    before = {file: source.files[file] for file in sorted({e.file for e in combined.edits})}
    try:
        after = applied(combined, before)
        if undone(combined, after) != before:
            return Proof(ProofState.FAILED, "undone, it leaves other bytes than before")
    except ProgramMissingError as error:
        return Proof(ProofState.NOT_ASSESSED, str(error))
    except PermanentToolError as error:
        return Proof(ProofState.FAILED, str(error))
    again = read_platform(changed_source(source, after), platform.entry)
    return _assessed(closes, again, platform, findings)


def patched(combined: Combined, source: Source) -> Source:
    """Give the source as it would be with a combined change applied.

    Raises:
        PermanentToolError: git is missing, or refuses the patch.
    """
    before = {file: source.files[file] for file in sorted({e.file for e in combined.edits})}
    return changed_source(source, applied(combined, before))


def keeps_whole(edits: Iterable[Edit], source: Source, platform: Platform) -> bool:
    """Tell whether a platform is read no worse with ``edits``; no program is needed for that."""
    by_file: dict[str, list[Edit]] = defaultdict(list)
    for each in edits:
        by_file[each.file].append(each)
    after = {}
    for file, own in by_file.items():
        written = read_text(file, source.files[file])
        after[file] = written.encoded(apply_edits(written.text, own))
    return still_whole(read_platform(changed_source(source, after), platform.entry), platform)


def changed_source(source: Source, after: Mapping[str, bytes]) -> Source:
    """Give a source with a few of its files replaced."""
    return replace(source, files=_Overlay(after, source.files))


def _assessed(
    closes: Collection[str], again: Platform, platform: Platform, findings: Collection[Finding]
) -> Proof:
    if not still_whole(again, platform):
        return Proof(ProofState.FAILED, "afterwards the platform has other services or is unread")
    return judge(closes, findings, assess(again))


def still_whole(again: Platform, platform: Platform) -> bool:
    """Tell whether a platform has the services that it had, and is read no worse than before."""
    worse = len(again.unread) > len(platform.unread)
    less = len(again.not_assessed) > len(platform.not_assessed)  # a key twice, for instance
    return _names(again) == _names(platform) and not worse and not less


def _names(platform: Platform) -> list[str]:
    return sorted(service.name for service in platform.services)


def applied(change: Candidate | Combined, before: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the files with a change: its recipes hold for them as they are, then comes its patch.

    Raises:
        RecipeError: a file is not what its recipe was made for.
        PermanentToolError: git is missing, or refuses the patch.
    """
    after = dict(before)
    for each in change.recipes:
        after[each.file] = follow(each, after[each.file])
    return git.apply(change.patch, after)


def undone(change: Candidate | Combined, after: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the files as they were before a change; raises as `applied`."""
    before = git.reverse(change.patch, after)
    for each in change.recipes:
        before[each.file] = undo(each, before[each.file])
    return before
