"""How `cmi check` speaks to people: fixes first, then findings, then what is missing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployments.cli.layout import USUAL, pad, shell, wide, wrap
from deployments.cli.waivers import remarks
from deployments.local.language import can_write
from tasks.domain.findings import Severity
from tasks.domain.reporting.described import candidate_texts
from tasks.domain.reporting.groups import grouped
from tasks.domain.reporting.texts import wording
from tasks.domain.sentences import in_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployments.cli.comparing import Changed
    from tasks.domain.findings import Finding
    from tasks.domain.fixes import Fix
    from tasks.domain.platform.model import Entry, NotAssessed, Unread
    from tasks.domain.reporting.groups import Group
    from tasks.domain.waivers import Waived

_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
_WIDTH = len("critical")
_INDENT = " " * 5
# Without --all: what is worst fits two screens, and nothing is cut from the counts.
_GROUPS, _PLACES = 12, 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that one `cmi check` found out."""

    source: str
    entry: Entry | None
    waived: Waived
    shown: tuple[Finding, ...]  # the findings to print: all, or the new ones
    fixes: tuple[tuple[Fix, str], ...] = ()  # the best, each with its command
    proposed: int = 0  # candidates in all
    unread: tuple[Unread, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    gone: int | None = None  # findings of the baseline that are no more
    skipped: int = 0  # findings that the baseline knows
    changed: Changed | None = None  # what changed since a commit, when only that counts


@dataclass(frozen=True, slots=True)
class Voice:
    """A language, and what the reader's terminal shows."""

    language: str
    coloured: bool = False
    width: int = USUAL  # columns of a line
    everything: bool = False  # long lists whole

    def say(self, key: str, n: int | None = None, **values: object) -> str:
        """Give one of the command's own texts."""
        return wording(self.language, "check")(key, n, **values)

    def reword(self, sentence: str) -> str:
        """Say a reason in the reader's language."""
        return in_language(sentence, self.language)

    def fix(self, fix: Fix) -> str:
        """Say what a fix does: the sentence of one change, else the title of their kind."""
        words = candidate_texts(fix.candidates[0])[self.language]
        if len(fix.candidates) == 1:
            return words.message
        return self.say("fix_many", title=words.title, n=len(fix.candidates))

    def severity(self, severity: Severity) -> str:
        """Give a severity's name, padded so that what follows stands in one column."""
        return pad(self.say(f"severity.{severity}"), _WIDTH)

    def paint(self, severity: Severity, text: str) -> str:
        """Colour ``text`` by severity, on terminals that can."""
        return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m" if self.coloured else text


def report(outcome: Outcome, voice: Voice) -> str:
    """Write the whole answer, one thing a line."""
    sections = (
        _fixes(outcome, voice),
        _findings(outcome, voice),
        _missing(outcome, voice),
        _waivers(outcome.waived, voice),
        _changed(outcome, voice),
        _summary(outcome, voice),
    )
    blocks = ["\n".join(lines) for lines in map(list, sections) if lines]
    return "\n\n".join(blocks) + "\n"


def _fixes(outcome: Outcome, voice: Voice) -> Iterator[str]:
    if not outcome.fixes:
        return
    yield from wrap(voice.say("fixes", n=len(outcome.fixes)), voice.width)
    by_id = {finding.id: finding for finding in outcome.waived.findings}
    for number, (fix, command) in enumerate(outcome.fixes, start=1):
        closed = [by_id[each] for each in fix.closes]
        worst = min(closed, key=lambda finding: finding.severity.rank)
        label = voice.say(f"severity.{worst.severity}")
        text = f"[{label}] {clean(voice.fix(fix))} {voice.say('closes', n=len(closed))}"
        lines = wrap(text, voice.width, first=f"  {number}. ", rest=_INDENT)
        lines[0] = lines[0].replace(f"[{label}]", f"[{voice.paint(worst.severity, label)}]", 1)
        yield from lines
        if command:
            yield from shell(command, voice.width, _INDENT)
        else:
            yield from wrap(voice.say("by_hand"), voice.width, first=_INDENT, rest=_INDENT)


def _findings(outcome: Outcome, voice: Voice) -> Iterator[str]:
    groups = grouped(finding for finding in outcome.shown if not finding.waived)
    if groups:
        yield voice.say("findings")
    shown = groups if voice.everything else groups[:_GROUPS]
    for group in shown:
        yield from _group(group, voice)
    if more := groups[len(shown) :]:
        count = sum(len(group.findings) for group in more)
        yield f"  {voice.say('more_kinds', n=len(more), findings=count)}"


def _group(group: Group, voice: Voice) -> Iterator[str]:
    """One line says what is wrong, those below say where."""
    count = f"{len(group.findings)} x " if len(group.findings) > 1 else ""
    label = voice.severity(group.severity)
    text = f"{count}{clean(group.title(voice.language))} [{group.check}]"
    first = f"  {label} "
    lines = wrap(text, voice.width, first=first, rest=" " * wide(first))
    yield lines[0].replace(label, voice.paint(group.severity, label), 1)
    yield from lines[1:]
    shown = group.findings if voice.everything else group.findings[:_PLACES]
    for finding in shown:
        place = finding.place
        named = (finding.subject, *group.differing(finding))
        text = clean(" ".join((f"{place.file}:{place.line}:{place.column}", *named)))
        yield from wrap(text, voice.width, first=_INDENT, rest=f"{_INDENT}  ")
    if more := len(group.findings) - len(shown):
        yield f"{_INDENT}{voice.say('more', n=more)}"


def _missing(outcome: Outcome, voice: Voice) -> Iterator[str]:
    """What was not read or assessed; the same reason at many places is said once."""
    unread: dict[str, list[str]] = {}
    for each in outcome.unread:
        unread.setdefault(each.reason, []).append(f"{each.file}:{each.line}")
    for reason, places in unread.items():
        text = voice.say("unread", where=_listed(places, voice), reason=clean(voice.reword(reason)))
        yield from wrap(text, voice.width, rest="  ")
    missing: dict[tuple[str, str], list[str]] = {}
    for item in outcome.not_assessed:
        missing.setdefault((item.reason, item.remedy), []).append(voice.reword(item.what))
    for (reason, remedy), whats in missing.items():
        text = voice.say(
            "not_assessed",
            what=_listed(whats, voice),
            reason=clean(voice.reword(reason)),
            remedy=clean(voice.reword(remedy)),
        )
        yield from wrap(text, voice.width, rest="  ")


def _listed(names: list[str], voice: Voice) -> str:
    """Enumerate; beyond the first few the rest is counted."""
    shown = names if voice.everything else names[:_PLACES]
    more = len(names) - len(shown)
    listed = voice.say("comma").join(map(clean, shown))
    return f"{listed} {voice.say('more', n=more)}" if more else listed


def _waivers(waived: Waived, voice: Voice) -> Iterator[str]:
    for _, said in remarks(waived, voice):
        yield from wrap(clean(said), voice.width, rest="  ")


def _changed(outcome: Outcome, voice: Voice) -> Iterator[str]:
    if outcome.changed is not None:
        yield from wrap(clean(scope(outcome.changed, voice)), voice.width, rest="  ")


def scope(changed: Changed, voice: Voice) -> str:
    """Say which files changed, and what was therefore left out."""
    n = len(changed.files)
    listed = _listed(list(changed.files), voice)
    said = voice.say("changed" if n else "changed_nothing", n=n, since=changed.since, files=listed)
    return said + (voice.say("changed_left_out", n=changed.left_out) if changed.left_out else "")


def _summary(outcome: Outcome, voice: Voice) -> Iterator[str]:
    counted = [finding for finding in outcome.shown if not finding.waived]
    counts = [
        f"{sum(f.severity is severity for f in counted)} {voice.say(f'severity.{severity}')}"
        for severity in Severity
        if any(f.severity is severity for f in counted)
    ]
    listed = voice.say("counts", listed=voice.say("comma").join(counts)) if counts else ""
    waived = sum(bool(finding.waived) for finding in outcome.waived.findings)
    entry = outcome.entry.id if outcome.entry else "-"
    text = voice.say("summary", n=len(counted), entry=clean(entry), counts=listed)
    yield from wrap(text, voice.width, rest="  ")
    details = [
        voice.say("details.waived", n=waived) if waived else "",
        voice.say("details.known", n=outcome.skipped) if outcome.skipped else "",
        voice.say("details.gone", n=outcome.gone) if outcome.gone else "",
        voice.say("details.fixes", n=outcome.proposed) if outcome.proposed else "",
        voice.say("details.unread", n=len(outcome.unread)) if outcome.unread else "",
        voice.say("details.not_assessed", n=len(outcome.not_assessed))
        if outcome.not_assessed
        else "",
    ]
    if any(details):
        text = voice.say("comma").join(filter(None, details)) + voice.say("stop")
        yield from wrap(text, voice.width, rest="  ")


def clean(text: str) -> str:
    """Make a name from the platform harmless on a terminal: no control characters, one line."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def writable(wanted: str) -> str:
    """Fall back to English where standard output cannot write Chinese."""
    return wanted if can_write(sys.stdout) else "en"
