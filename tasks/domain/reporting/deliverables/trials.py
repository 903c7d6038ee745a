"""The test report: what was tried on this platform's definitions, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.candidates import ProofState
from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.deliverables.phrases import columns
from tasks.domain.reporting.markdown import code, document, escape, sentence, table
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.sentences import in_language

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Trial:
    """One test: its name in each language, what it was done to, and its outcome."""

    names: dict[str, str]
    subject: str
    state: ProofState
    reason: str = ""


def trial_report(entry: str, trials: Sequence[Trial]) -> Deliverable:
    """Write the deliverable ``test-report``: failures first, then what was not assessed."""
    return Deliverable("test-report", {each: _text(entry, trials, each) for each in LANGUAGES})


def _text(entry: str, trials: Sequence[Trial], language: str) -> str:
    say = wording(language, "deliverables")
    title = say("trials.title", entry=escape(entry))
    if not trials:
        return document(title, say("trials.empty"))
    counted = Counter(each.state for each in trials)
    summary = say(
        "trials.summary",
        passed=counted[ProofState.PASSED],
        failed=counted[ProofState.FAILED],
        missing=counted[ProofState.NOT_ASSESSED],
    )
    parts = (("failed", ProofState.FAILED), ("missing", ProofState.NOT_ASSESSED))
    sections = [
        _section(say, key, [each for each in trials if each.state is state]) for key, state in parts
    ]
    return document(title, summary, *sections, _section(say, "all", trials))


def _section(say: Wording, key: str, trials: Sequence[Trial]) -> str:
    if not trials:
        return ""
    rows = [
        [
            escape(each.names[say.language]),
            code(each.subject),
            say(f"state.{each.state}"),
            sentence(in_language(each.reason, say.language)) or say("dash"),
        ]
        for each in trials
    ]
    return f"## {say(f'trials.{key}')}\n\n{table(columns(say('trials.table')), rows)}"
