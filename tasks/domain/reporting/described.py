"""The words of findings and candidates, out of the texts of their checks and kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.texts import check_texts
from tasks.domain.reporting.deliverables import LANGUAGES
from tasks.domain.reporting.records import Text
from tasks.domain.reporting.texts import wording

if TYPE_CHECKING:
    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.reporting.records import Texts


def finding_texts(finding: Finding) -> Texts:
    """Say what ``finding`` is, why it matters and what to do, in every language."""
    known = check_texts()[finding.check]
    return {
        language: Text(
            known.words[language].title.strip(),
            known.message(language, finding.subject, finding.facts).strip(),
            known.words[language].why.strip(),
            known.words[language].remedy.strip(),
        )
        for language in LANGUAGES
    }


def candidate_texts(candidate: Candidate) -> Texts:
    """Say what ``candidate`` changes, what that is good for, and what it takes for granted.

    Raises:
        KeyError: The kind has no texts in ``knowledge/changes``: a fault of ours.
    """
    found = {}
    for language in LANGUAGES:
        say = wording(language, "changes")
        message = say(f"{candidate.kind}.message", subject=candidate.subject)
        why, caution = say(f"{candidate.kind}.why"), say(f"{candidate.kind}.caution")
        found[language] = Text(say(f"{candidate.kind}.title"), message, why, caution)
    return found
