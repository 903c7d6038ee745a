"""How `cmi check` speaks to people: fixes first, then findings, then what is missing."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployments.local.language import can_write
from knowledge.texts import check_texts
from tasks.domain.findings import Severity
from tasks.domain.reporting.described import candidate_texts
from tasks.domain.reporting.texts import wording
from tasks.domain.sentences import in_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Entry, NotAssessed, Unread
    from tasks.domain.waivers import Waived

_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}
_WIDTH = len("critical")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that one `cmi check` found out."""

    source: str
    entry: Entry | None
    waived: Waived
    shown: tuple[Finding, ...]  # the findings to print: all, or the new ones
    fixes: tuple[tuple[Candidate, str], ...] = ()  # the best, each with its command
    proposed: int = 0  # candidates in all
    unread: tuple[Unread, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    gone: int | None = None  # findings of the baseline that are no more
    skipped: int = 0  # findings that the baseline knows


@dataclass(frozen=True, slots=True)
class Voice:
    """A language, and whether the reader's terminal shows colours."""

    language: str
    coloured: bool = False

    def say(self, key: str, n: int | None = None, **values: object) -> str:
        """Give one of the command's own texts."""
        return wording(self.language, "check")(key, n, **values)

    def severity(self, severity: Severity) -> str:
        """Give a severity's name, padded so that what follows stands in one column."""
        word = self.say(f"severity.{severity}")
        wide = sum(unicodedata.east_asian_width(char) == "W" for char in word)
        return word + " " * (_WIDTH - len(word) - wide)

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
        _summary(outcome, voice),
    )
    blocks = ["\n".join(lines) for lines in map(list, sections) if lines]
    return "\n\n".join(blocks) + "\n"


def _fixes(outcome: Outcome, voice: Voice) -> Iterator[str]:
    if not outcome.fixes:
        return
    yield voice.say("fixes", n=len(outcome.fixes))
    by_id = {finding.id: finding for finding in outcome.waived.findings}
    for number, (candidate, command) in enumerate(outcome.fixes, start=1):
        closed = [by_id[each] for each in candidate.closes if each in by_id]
        worst = min(closed, key=lambda finding: finding.severity.rank)
        label = voice.paint(worst.severity, voice.say(f"severity.{worst.severity}"))
        said = candidate_texts(candidate)[voice.language].message
        yield f"  {number}. [{label}] {clean(said)} {voice.say('closes', n=len(closed))}"
        yield f"     {command or voice.say('by_hand')}"


def _findings(outcome: Outcome, voice: Voice) -> Iterator[str]:
    shown = [finding for finding in outcome.shown if not finding.waived]
    if shown:
        yield voice.say("findings")
    for finding in shown:
        place = finding.place
        label = voice.paint(finding.severity, voice.severity(finding.severity))
        text = check_texts()[finding.check]
        said = text.message(voice.language, finding.subject, finding.facts)
        where = f"{place.file}:{place.line}:{place.column}"
        yield f"  {label} {clean(where)}: {clean(said)} [{finding.check}]"


def _missing(outcome: Outcome, voice: Voice) -> Iterator[str]:
    for unread in outcome.unread:
        where = clean(f"{unread.file}:{unread.line}")
        yield voice.say(
            "unread", where=where, reason=clean(in_language(unread.reason, voice.language))
        )
    for missing in outcome.not_assessed:
        yield voice.say(
            "not_assessed",
            what=clean(in_language(missing.what, voice.language)),
            reason=clean(in_language(missing.reason, voice.language)),
            remedy=clean(in_language(missing.remedy, voice.language)),
        ).rstrip()


def _waivers(waived: Waived, voice: Voice) -> Iterator[str]:
    for key, waivers in (
        ("lapsed", waived.lapsed),
        ("unmatched", waived.unmatched),
        ("lapsing", waived.lapsing),
    ):
        for waiver in waivers:
            yield voice.say(
                f"waiver.{key}",
                where=clean(f"{waiver.at.file}:{waiver.at.line}"),
                check=waiver.check,
                place=clean(waiver.place),
                owner=clean(waiver.owner),
                day=waiver.expires,
            )


def _summary(outcome: Outcome, voice: Voice) -> Iterator[str]:
    counted = [finding for finding in outcome.shown if not finding.waived]
    counts = [
        f"{sum(f.severity is severity for f in counted)} {voice.say(f'severity.{severity}')}"
        for severity in Severity
        if any(f.severity is severity for f in counted)
    ]
    listed = f" ({', '.join(counts)})" if counts else ""
    waived = sum(bool(finding.waived) for finding in outcome.waived.findings)
    entry = outcome.entry.id if outcome.entry else "-"
    yield voice.say("summary", n=len(counted), entry=clean(entry), counts=listed)
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
        yield ", ".join(filter(None, details)) + "."


def clean(text: str) -> str:
    """Make a name from the platform harmless on a terminal: no control characters, one line."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def writable(wanted: str) -> str:
    """Fall back to English where standard output cannot write Chinese."""
    return wanted if can_write(sys.stdout) else "en"
