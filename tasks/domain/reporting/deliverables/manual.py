"""The user manual with training: this platform's own facts, questions and hand-over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Severity
from tasks.domain.reporting import commands
from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.deliverables.phrases import columns, doors, doors_text, names
from tasks.domain.reporting.described import finding_texts
from tasks.domain.reporting.markdown import block, bullets, code, document, escape, sentence, table
from tasks.domain.reporting.orders import needed_by, start_order
from tasks.domain.reporting.records import file_name
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.sentences import in_language
from tasks.domain.theory.distributed.needs import needs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import NotAssessed, Platform, Service

_MOST_ROWS = 10  # of what breaks what: the rest matters less
_MOST_NAMES = 8


def user_manual(
    platform: Platform,
    findings: Sequence[Finding],
    candidates: Sequence[Candidate],
    not_assessed: Sequence[NotAssessed] = (),
) -> Deliverable:
    """Write the deliverable ``user-manual``."""
    manual = _Manual(platform, findings, candidates, not_assessed)
    return Deliverable("user-manual", {each: manual.text(each) for each in LANGUAGES})


class _Manual:
    def __init__(
        self,
        platform: Platform,
        findings: Sequence[Finding],
        candidates: Sequence[Candidate],
        not_assessed: Sequence[NotAssessed],
    ) -> None:
        self.platform = platform
        self.open = [each for each in findings if not each.waived]
        self.waived = sum(bool(each.waived) for each in findings)
        self.candidates = candidates
        self.not_assessed = not_assessed
        hit = needs_of(platform).blast
        found = [(name, sorted(others - {name})) for name, others in hit.items()]
        self.blast = sorted((b for b in found if b[1]), key=lambda b: (-len(b[1]), b[0]))

    def text(self, language: str) -> str:
        say = wording(language, "deliverables")
        title = say("manual.title", entry=escape(self.platform.entry.id))
        parts = (self._what, self._look, self._breaks, self._improve)
        training = self._training(say, language)
        return document(title, *(part(say) for part in parts), training, self._hand(say))

    def _what(self, say: Wording) -> str:
        text = say(
            "manual.what_text",
            services=len(self.platform.services),
            containers=sum(map(_running, self.platform.services)),
            kind=self.platform.entry.kind.value,
            doors=doors_text(self.platform, say) or say("none"),
        )
        needs, needed = needed_by(self.platform)
        outside = doors(self.platform)
        rows = [
            [
                code(name),
                names(needs[name], say) or say("dash"),
                names(needed[name], say) or say("dash"),
                names(outside.get(name, []), say) or say("dash"),
            ]
            for name in needs
        ]
        return f"## {say('manual.what')}\n\n{text}\n\n{table(columns(say('manual.table')), rows)}"

    def _look(self, say: Wording) -> str:
        if not self.platform.services:
            return ""
        lines = "\n".join(commands.look(self.platform, self.platform.services[0]))
        return f"## {say('manual.look')}\n\n{say('manual.look_text')}\n\n{block(lines, 'sh')}"

    def _breaks(self, say: Wording) -> str:
        if not self.blast:
            return f"## {say('manual.breaks')}\n\n{say('manual.breaks_none')}"
        rows = [
            [code(name), names(others, say, _MOST_NAMES), str(len(others))]
            for name, others in self.blast[:_MOST_ROWS]
        ]
        shown = table(columns(say("manual.breaks_table")), rows)
        return f"## {say('manual.breaks')}\n\n{say('manual.breaks_text')}\n\n{shown}"

    def _improve(self, say: Wording) -> str:
        lines = ["cmi check ."]
        if self.candidates:
            first = self.candidates[0]
            name, back = first.id, first.undo
            if first.patch:
                back = f"git apply -R BUNDLE/patches/{file_name(name)}.patch"
            lines = [f"cmi apply BUNDLE {commands.quote(name)}", "git diff", *lines, back]
        text = say("manual.improve_text" if self.candidates else "manual.improve_none")
        return f"## {say('manual.improve')}\n\n{text}\n\n{block(chr(10).join(lines), 'sh')}"

    def _training(self, say: Wording, language: str) -> str:
        asked = list(self._questions(say, language))
        shown = "\n".join(
            f"{number}. {question}\n\n   *{say('manual.answer')}*{say('colon')}{answer}\n"
            for number, (question, answer) in enumerate(asked, start=1)
        )
        return f"## {say('manual.training')}\n\n{say('manual.training_text')}\n\n{shown}"

    def _questions(self, say: Wording, language: str) -> Iterable[tuple[str, str]]:
        if self.blast:
            name, others = self.blast[0]
            hit = names(others, say, _MOST_NAMES)
            answer = say("manual.answer_blast", count=len(others), names=hit)
            yield say("manual.question_blast", service=code(name)), answer
        steps = start_order(self.platform)
        if len(steps) > 1:
            first = names(steps[0], say, _MOST_NAMES)
            yield say("manual.question_order"), say("manual.answer_order", names=first)
        if self.open:
            worst = min(self.open, key=lambda each: each.severity.rank)
            text = finding_texts(worst)[language]
            answer = say(
                "manual.answer_worst",
                title=escape(text.title),
                place=code(f"{worst.place.file}:{worst.place.line}"),
                why=sentence(text.why),
            )
            yield say("manual.question_worst"), answer
        if self.candidates and self.candidates[0].patch:
            yield say("manual.question_back"), code("git apply -R proposed.patch")
        if reached := doors_text(self.platform, say):
            yield say("manual.question_open"), reached

    def _hand(self, say: Wording) -> str:
        urgent = sum(each.severity.at_least(Severity.HIGH) for each in self.open)
        items = [say("manual.hand_open", urgent)] if urgent else []
        if self.waived:
            items.append(say("manual.hand_waived", self.waived))
        for each in self.not_assessed:
            parts = (each.what, each.reason, each.remedy)
            what, reason, remedy = (sentence(in_language(part, say.language)) for part in parts)
            items.append(say("manual.hand_missing", what=what, reason=reason, remedy=remedy))
        items = items or [say("none")]
        return f"## {say('manual.hand')}\n\n{say('manual.hand_text')}\n\n{bullets(items)}"


def _running(service: Service) -> int:
    """Count its containers, all replicas together."""
    return len(service.containers) * (service.replicas.value if service.replicas else 1)
