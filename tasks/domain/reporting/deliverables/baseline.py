"""The baseline: how a copy of the platform started, phase by phase, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.deliverables.phrases import columns, names
from tasks.domain.reporting.markdown import bullets, code, document, escape, sentence, table
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.reporting.timelines import as_text
from tasks.domain.sentences import in_language
from tasks.domain.verification.starts import phases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.verification.functional import Answer, Question
    from tasks.domain.verification.starts import Start

PHASES = ("create", "gate", "start", "ready", "health")


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was seen of one copy."""

    entry: str
    start: Start
    answers: tuple[Answer, ...] = ()
    worthless: tuple[Question, ...] = ()  # stayed green without their service
    changed: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def unasked(self) -> tuple[str, ...]:
        """Name the services of which nothing is asked; one that did its work and ended needs none.

        Who is only the other end of an edge is asked whether it can be reached.
        """
        asked = {each.question.of for each in self.answers}
        staying = (m.service for m in self.start.moments if m.ended is None or m.exit_code)
        return tuple(each for each in staying if each not in asked)


def baseline_report(seen: Seen) -> Deliverable:
    """Write the deliverable ``start-baseline``."""
    return Deliverable("start-baseline", {each: _text(seen, each) for each in LANGUAGES})


def _text(seen: Seen, language: str) -> str:
    say = wording(language, "deliverables")
    failed = [each for each in seen.answers if not each.passed]
    summary = say(
        "baseline.summary",
        seconds=f"{seen.start.total:.1f}",
        asked=len(seen.answers),
        passed=len(seen.answers) - len(failed),
    )
    return document(
        say("baseline.title", entry=escape(seen.entry)),
        summary,
        _path(seen.start, say),
        f"```timeline\n{as_text(seen.start)}\n```",
        _services(seen.start, say),
        _dishonest(seen.start, say),
        _answers(say, failed),
        _worthless(seen, say),
        _notes(seen, say),
    )


def _path(start: Start, say: Wording) -> str:
    """Name the longest stretches of the critical path; they add up to the whole."""
    steps = [
        say(
            "baseline.step",
            service=code(each.service),
            phase=say(f"baseline.phase.{each.phase}"),
            seconds=f"{each.seconds:.1f}",
        )
        for each in start.path
    ]
    told = say(
        "baseline.path_text", explained=f"{start.explained:.1f}", gap=f"{100 * start.gap:.1f}"
    )
    return f"## {say('baseline.path')}\n\n{told}\n\n{bullets(steps)}"


def _services(start: Start, say: Wording) -> str:
    known = {each.service: each for each in start.moments}
    rows = []
    for each in start.moments:
        took = {s.phase: s.seconds for s in phases(each, known)}
        cells = [f"{took[p]:.2f}" if p in took else say("dash") for p in PHASES]
        usable = say("dash") if each.usable is None else f"{each.usable:.2f}"
        rows.append([code(each.service), *cells, usable])
    return f"## {say('baseline.services')}\n\n{table(columns(say('baseline.table')), rows)}"


def _dishonest(start: Start, say: Wording) -> str:
    if not start.dishonest:
        return ""
    return f"## {say('baseline.dishonest')}\n\n" + say(
        "baseline.dishonest_text", names=names(start.dishonest, say)
    )


def _answers(say: Wording, failed: Sequence[Answer]) -> str:
    if not failed:
        return ""
    lines = [f"{escape(each.question.name)}: {escape(each.detail)}" for each in failed]
    return f"## {say('baseline.failed')}\n\n{bullets(lines)}"


def _worthless(seen: Seen, say: Wording) -> str:
    told = say("baseline.selftest_good")
    if unasked := seen.unasked:
        told += " " + say("baseline.unasked", names=names(unasked, say))
    if seen.worthless:
        told = say("baseline.selftest_bad") + "\n\n"
        told += bullets(escape(each.name) for each in seen.worthless)
    return f"## {say('baseline.selftest')}\n\n{told}"


def _notes(seen: Seen, say: Wording) -> str:
    notes = [in_language(each, say.language) for each in (*seen.changed, *seen.lost)]
    if not notes:
        return ""
    return f"## {say('baseline.notes')}\n\n{bullets(map(sentence, notes))}"
