"""The list of issues: what verifying found wrong, and how each scenario went."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tasks.domain.candidates import ProofState
from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.deliverables.phrases import columns
from tasks.domain.reporting.markdown import code, document, escape, sentence, table
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.sentences import in_language
from tasks.domain.verification.acceptance.judging import judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.verification.acceptance.judging import Act
    from tasks.domain.verification.issues import Issue


def issue_list(
    entry: str, issues: Sequence[Issue], acts: Sequence[Act], reason: str = ""
) -> Deliverable:
    """Write the deliverable ``issue-list``; ``reason`` says why there are no scenarios."""
    texts = {each: _text(entry, issues, acts, reason, each) for each in LANGUAGES}
    return Deliverable("issue-list", texts)


def _text(
    entry: str, issues: Sequence[Issue], acts: Sequence[Act], reason: str, language: str
) -> str:
    say = wording(language, "deliverables")
    return document(
        say("issues.title", entry=escape(entry)),
        say("issues.summary", len(issues)) if issues else say("issues.nothing"),
        _issues(issues, say),
        f"## {say('issues.scenarios')}",
        _scenarios(acts, say) if acts else say("issues.none", reason=_told(reason, say)),
    )


def _told(reason: str, say: Wording) -> str:
    return sentence(in_language(reason, say.language)) or say("dash")


def _issues(issues: Sequence[Issue], say: Wording) -> str:
    if not issues:
        return ""
    rows = [
        [
            str(number),
            say(f"issues.subject.{each.subject}"),
            code(each.name),
            _told(each.reason, say),
        ]
        for number, each in enumerate(issues, start=1)
    ]
    return table(columns(say("issues.table")), rows)


def _scenarios(acts: Sequence[Act], say: Wording) -> str:
    judged = [(each, judge(each.scenario, each.course)) for each in acts]
    counted = Counter(found.state for _, found in judged)
    rows = [
        [
            escape(each.scenario.name),
            code(f"{each.scenario.file}:{each.scenario.line}"),
            say(f"state.{found.state}"),
            _told(found.reason, say),
            code(each.course.when[-1].shown if each.course.when else "") or say("dash"),
        ]
        for each, found in judged
    ]
    summary = say(
        "issues.counted",
        passed=counted[ProofState.PASSED],
        failed=counted[ProofState.FAILED],
        missing=counted[ProofState.NOT_ASSESSED],
    )
    return f"{summary}\n\n{table(columns(say('issues.scenarios_table')), rows)}"
