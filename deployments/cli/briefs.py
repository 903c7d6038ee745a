"""What `cmi check` found as Markdown, for a comment, a job's summary or a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployments.cli.findings import scope
from deployments.cli.waivers import remarks
from tasks.domain.findings import Severity
from tasks.domain.reporting.groups import grouped
from tasks.domain.reporting.markdown import block, bullets, code, document, escape, sentence, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deployments.cli.findings import Outcome, Voice
    from tasks.domain.findings import Finding
    from tasks.domain.reporting.groups import Group

_COLONS = ":\uff1a"  # headings have none, in either script


def brief(outcome: Outcome, voice: Voice) -> str:
    """Write everything: counts, the best fixes with commands, each finding, what is missing."""
    found = [each for each in outcome.shown if not each.waived]
    entry = outcome.entry.id if outcome.entry else "-"
    title = voice.say("summary", n=len(found), entry=code(entry), counts="").rstrip(".\u3002")
    return document(
        title,
        _counts(found, voice),
        _fixes(outcome, voice),
        f"## {voice.say('findings').rstrip(_COLONS)}" if found else "",
        *(_group(group, voice) for group in grouped(found)),
        _missing(outcome, voice),
        bullets(escape(said) for _, said in remarks(outcome.waived, voice)),
        escape(scope(outcome.changed, voice)) if outcome.changed else "",
    )


def _counts(found: Sequence[Finding], voice: Voice) -> str:
    if not found:
        return ""
    names = [voice.say(f"severity.{severity}") for severity in Severity]
    counted = [str(sum(f.severity is severity for f in found)) for severity in Severity]
    return table(names, [counted])


def _fixes(outcome: Outcome, voice: Voice) -> str:
    if not outcome.fixes:
        return ""
    heading = voice.say("fixes", n=len(outcome.fixes)).rstrip(_COLONS)
    parts = [f"## {heading}"]
    for number, (fix, command) in enumerate(outcome.fixes, start=1):
        closes = voice.say("closes", n=len(fix.closes))
        parts.append(f"**{number}.** {sentence(voice.fix(fix))} {closes}")
        parts.append(block(command, "sh") if command else sentence(voice.say("by_hand")))
    return "\n\n".join(parts)


def _group(group: Group, voice: Voice) -> str:
    """Fold the places away: the line above them is what most readers need."""
    severity = voice.say(f"severity.{group.severity}")
    head = f"**{severity}** · {len(group.findings)} · {sentence(group.title(voice.language))}"
    places = bullets(
        " ".join(
            (
                code(f"{each.place.file}:{each.place.line}:{each.place.column}"),
                escape(each.subject),
                *map(escape, group.differing(each)),
            )
        )
        for each in group.findings
    )
    return (
        f"{head} ({code(group.check)})\n\n<details><summary>{voice.say('places')}</summary>\n\n"
        f"{places}\n</details>"
    )


def _missing(outcome: Outcome, voice: Voice) -> str:
    lines = [
        voice.say(
            "unread",
            where=code(f"{each.file}:{each.line}"),
            reason=sentence(voice.reword(each.reason)),
        )
        for each in outcome.unread
    ]
    for item in outcome.not_assessed:
        what, reason, remedy = (
            sentence(voice.reword(part)) for part in (item.what, item.reason, item.remedy)
        )
        lines.append(voice.say("not_assessed", what=what, reason=reason, remedy=remedy))
    return bullets(line.strip() for line in lines)
