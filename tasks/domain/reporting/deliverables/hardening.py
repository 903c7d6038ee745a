"""The hardening report: what the changes do, in which order, and how to see that they hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tasks.domain.candidates import CandidateState
from tasks.domain.findings import Severity
from tasks.domain.reporting import commands
from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.deliverables.phrases import columns, names
from tasks.domain.reporting.markdown import block, code, document, escape, sentence, table
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.sentences import in_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Platform
    from tasks.domain.reporting.bundle import Combination
    from tasks.domain.reporting.records import Texts


def hardening_report(
    platform: Platform,
    findings: Sequence[Finding],
    candidates: Sequence[Candidate],
    proposed: Combination,
    texts: Mapping[str, Texts],
) -> Deliverable:
    """Write the deliverable ``hardening-report``; ``texts`` are by id of the candidate."""
    report = _Report(platform, findings, candidates, proposed, texts)
    return Deliverable("hardening-report", {each: report.text(each) for each in LANGUAGES})


class _Report:
    def __init__(
        self,
        platform: Platform,
        findings: Iterable[Finding],
        candidates: Iterable[Candidate],
        proposed: Combination,
        texts: Mapping[str, Texts],
    ) -> None:
        self.platform = platform
        self.proposed = proposed
        self.texts = texts
        self.candidates = {
            each.id: each for each in candidates if each.state is not CandidateState.REJECTED
        }
        self.open = {each.id: each for each in findings if not each.waived}
        closing = (name for each in self.candidates.values() for name in each.closes)
        self.closed = {name for name in closing if name in self.open}

    def text(self, language: str) -> str:
        say = wording(language, "deliverables")
        title = say("hardening.title", entry=escape(self.platform.entry.id))
        parts = [self._summary(say), self._effect(say)]
        if self.candidates:
            parts += [self._order(say, language), self._recipes(say, language)]
            parts += [self._conflicts(say), self._verify(say)]
        return document(title, *parts, self._remains(say))

    def _summary(self, say: Wording) -> str:
        if not self.candidates:
            return say("hardening.nothing")
        proven = sum(c.state is CandidateState.ACCEPTED for c in self.candidates.values())
        state = say("hardening.some_proven", proven) if proven else say("hardening.proven")
        counted = {"closed": len(self.closed), "open": len(self.open)}
        return f"{say('hardening.summary', len(self.candidates), **counted)} {state}"

    def _effect(self, say: Wording) -> str:
        now = Counter(each.severity for each in self.open.values())
        left = Counter(f.severity for f in self.open.values() if f.id not in self.closed)
        rows = [
            [say(f"severity.{severity}"), str(now[severity]), str(left[severity])]
            for severity in Severity
            if now[severity]
        ]
        return _section(say, "hardening.effect", rows)

    def _order(self, say: Wording, language: str) -> str:
        chosen = [self.candidates[name] for name in self.proposed.order if name in self.candidates]
        rows = [
            [str(step), self._title(each, language), code(each.subject), _files(each, say), closes]
            for step, each in enumerate(chosen, start=1)
            for closes in [self._closes(each, say)]
        ]
        return _section(say, "hardening.order", rows, say("hardening.order_text"))

    def _recipes(self, say: Wording, language: str) -> str:
        apart = [each for each in self.candidates.values() if each.recipe and not each.patch]
        lines = [
            f"- {self._title(each, language)} ({code(each.subject)}){say('colon')}{typed}"
            for each in apart
            for typed in [code(commands.by_recipe([each.id]))]
        ]
        if not lines:
            return ""
        heading = f"## {say('hardening.apart')}\n\n{say('hardening.apart_text')}\n\n"
        return heading + "\n".join(lines)

    def _conflicts(self, say: Wording) -> str:
        rows = [
            [code(name), sentence(in_language(why, say.language))]
            for name, why in self.proposed.left_out.items()
        ]
        return _section(say, "hardening.conflicts", rows)

    def _verify(self, say: Wording) -> str:
        again = ["cmi check ."]
        if self.proposed.patch:
            again = ["git apply --check proposed.patch", "git apply proposed.patch", *again]
        lines = "\n".join([*again, *commands.validate(self.platform)])
        heading = f"## {say('hardening.verify')}\n\n{say('hardening.verify_text')}\n\n"
        return heading + block(lines, "sh")

    def _remains(self, say: Wording) -> str:
        left = Counter((f.severity, f.check) for f in self.open.values() if f.id not in self.closed)
        order = sorted(left, key=lambda key: (key[0].rank, -left[key], key[1]))
        rows = [[say(f"severity.{key[0]}"), code(key[1]), str(left[key])] for key in order]
        return _section(say, "hardening.remains", rows, say("hardening.remains_text"))

    def _title(self, candidate: Candidate, language: str) -> str:
        known = self.texts.get(candidate.id)
        return escape(known[language].title) if known else code(candidate.id)

    def _closes(self, candidate: Candidate, say: Wording) -> str:
        found = [self.open[name] for name in candidate.closes if name in self.open]
        named = dict.fromkeys(f"{code(f.check)} ({say(f'severity.{f.severity}')})" for f in found)
        return say("comma").join(named) or say("none")


def _files(candidate: Candidate, say: Wording) -> str:
    return names(list(dict.fromkeys(edit.file for edit in candidate.edits)), say) or say("dash")


def _section(say: Wording, key: str, rows: Sequence[Sequence[str]], text: str = "") -> str:
    """Make a section with a table; without rows there is nothing to say."""
    if not rows:
        return ""
    parts = [f"## {say(key)}", text, table(columns(say(f"{key}_table")), rows)]
    return "\n\n".join(each for each in parts if each)
