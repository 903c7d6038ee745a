"""The words of findings and candidates, out of the texts of their checks and kinds."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

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
    message = check_texts()[finding.check].message
    return {
        language: Text(
            text.title,
            message(language, finding.subject, finding.facts).strip(),
            text.why,
            text.remedy,
        )
        for language, text in _of_check(finding.check).items()
    }


def candidate_texts(candidate: Candidate) -> Texts:
    """Say what ``candidate`` changes, what that is good for, and what it takes for granted.

    Raises:
        KeyError: The kind has no texts in ``knowledge/changes``, or they name a fact that it does
            not have: a fault of ours.
    """
    key = f"{candidate.kind}.message"
    facts: dict[str, Any] = {**candidate.facts, "subject": candidate.subject}
    return {
        language: Text(
            text.title,
            wording(language, "changes")(key, **facts),
            text.why,
            text.remedy,
        )
        for language, text in _of_kind(candidate.kind).items()
    }


# What is the same for each finding of a check is looked up once: there may be ten thousands.
@cache
def _of_check(check: str) -> Texts:
    words = check_texts()[check].words
    return {
        language: Text(
            words[language].title.strip(),
            why=words[language].why.strip(),
            remedy=words[language].remedy.strip(),
        )
        for language in LANGUAGES
    }


@cache
def _of_kind(kind: str) -> Texts:
    says = {language: wording(language, "changes") for language in LANGUAGES}
    return {
        language: Text(say(f"{kind}.title"), why=say(f"{kind}.why"), remedy=say(f"{kind}.caution"))
        for language, say in says.items()
    }
