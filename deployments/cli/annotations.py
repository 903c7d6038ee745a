"""Findings as workflow commands of GitHub Actions: remarks beside the lines of a change."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from deployments.cli.findings import scope
from deployments.cli.waivers import remarks
from knowledge.texts import check_texts
from tasks.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployments.cli.findings import Outcome, Voice

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}
# What would end a message, a property or the command itself.
_MESSAGE = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_MESSAGE, (":", "%3A"), (",", "%2C"))


def workflow_commands(outcome: Outcome, voice: Voice, folder: str) -> str:
    """Write one command a finding, worst first, because GitHub shows the first ones only.

    Args:
        outcome: What was found.
        voice: The language to say it in.
        folder: The source within its repository, as GitHub names files; empty for its root.
    """
    return "".join(f"{line}\n" for line in _lines(outcome, voice, folder))


def _lines(outcome: Outcome, voice: Voice, folder: str) -> Iterator[str]:
    for finding in outcome.shown:
        if not finding.waived:
            place, text = finding.place, check_texts()[finding.check]
            title = f"{voice.say(f'severity.{finding.severity}')}: {finding.check}"
            said = text.message(voice.language, finding.subject, finding.facts)
            where = _where(folder, place.file, place.line, place.column)
            yield _command(_LEVELS[finding.severity], where | {"title": title}, said)
    for unread in outcome.unread:
        said = voice.say("sarif_unread", reason=voice.reword(unread.reason))
        yield _command("warning", _where(folder, unread.file, unread.line, 1), said)
    for waiver, said in remarks(outcome.waived, voice):
        where = _where(folder, PurePath(waiver.at.file).name, waiver.at.line, waiver.at.column)
        yield _command("warning", where, said)
    if outcome.changed is not None:
        yield _command("notice", {}, scope(outcome.changed, voice))
    for item in outcome.not_assessed:
        what, reason, remedy = map(voice.reword, (item.what, item.reason, item.remedy))
        said = voice.say("not_assessed", what=what, reason=reason, remedy=remedy)
        yield _command("notice", {}, said.strip())


def _where(folder: str, file: str, line: int, column: int) -> dict[str, str]:
    path = f"{folder}/{file}" if folder else file
    return {"file": path, "line": str(max(line, 1)), "col": str(max(column, 1))}


def _command(level: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{name}={_escaped(value, _PROPERTY)}" for name, value in properties.items())
    return f"::{level}{f' {listed}' if listed else ''}::{_escaped(message, _MESSAGE)}"


def _escaped(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    for found, written in rules:
        text = text.replace(found, written)
    return text
