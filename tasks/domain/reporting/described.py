"""The words of findings, out of the texts of their checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.texts import check_texts
from tasks.domain.reporting.deliverables import LANGUAGES
from tasks.domain.reporting.records import Text

if TYPE_CHECKING:
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
