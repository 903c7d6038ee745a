from __future__ import annotations

import pytest

from deployments.cli.findings import Outcome, Voice, clean, report
from tasks.domain.assess import assess
from tasks.domain.findings import Severity
from tasks.domain.platform.model import NotAssessed, Unread
from tasks.domain.reporting.texts import wording
from tasks.domain.waivers import Waived
from tests.tasks.domain.security.checks.platforms import platform, service

_WEB = platform(service("web"))


def _outcome(**fields: object) -> Outcome:
    findings = assess(_WEB)
    return Outcome("here", _WEB.entry, Waived(findings), findings, **fields)  # type: ignore[arg-type]  # fields of the test's choice


def test_what_was_not_looked_at_is_listed_and_counted() -> None:
    shown = report(
        _outcome(
            unread=(Unread("a.yaml", 3, "is not YAML"),),
            not_assessed=(NotAssessed("the chart", "helm is missing", "Install it."),),
        ),
        Voice("en"),
    )

    assert "Not read: a.yaml:3: is not YAML\n" in shown
    assert "Not assessed: the chart, because helm is missing. Install it.\n" in shown
    assert shown.endswith("1 file not read, 1 thing not assessed.\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_summary_counts_by_severity(language: str) -> None:
    shown = report(_outcome(), Voice(language))
    found = assess(_WEB)

    assert str(len(found)) in shown.splitlines()[-1]
    medium = sum(finding.severity is Severity.MEDIUM for finding in found)
    assert f"{medium} {wording(language, 'check')('severity.medium')}" in shown.splitlines()[-1]


def test_only_a_terminal_gets_colours() -> None:
    assert "\x1b[33m" in report(_outcome(), Voice("en", coloured=True))
    assert "\x1b" not in report(_outcome(), Voice("en"))


def test_severities_fill_one_column_in_both_scripts() -> None:
    assert len(Voice("en").severity(Severity.LOW)) == 8
    assert Voice("zh").severity(Severity.LOW) == "低" + " " * 6


def test_control_characters_are_made_visible() -> None:
    assert clean("a\x1b[2J\nb\u202ec") == "a\ufffd[2J\ufffdb\ufffdc"


def test_both_languages_have_the_same_sentences() -> None:
    assert wording("en", "check").keys() == wording("zh", "check").keys()
