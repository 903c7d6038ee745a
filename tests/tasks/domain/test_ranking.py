from __future__ import annotations

from tasks.domain.candidates import Candidate
from tasks.domain.findings import Finding, Severity
from tasks.domain.platform.nodes import Place
from tasks.domain.ranking import CONFIDENCE, RISK, best
from tasks.domain.security.checks import CHECKS


def _finding(name: str, check: str, severity: Severity) -> Finding:
    return Finding(name, check, severity, "web", Place("compose.yaml", 1, 1), "services.web")


_GRAVE = _finding("grave", "engine-socket-mounted", Severity.CRITICAL)
_SURE = _finding("sure", "no-new-privileges-unset", Severity.MEDIUM)
_RISKY = _finding("risky", "writable-root-filesystem", Severity.MEDIUM)
_FINDINGS = (_GRAVE, _SURE, _RISKY)


def _fix(name: str, *closes: str) -> Candidate:
    return Candidate(name, "kind", closes, "web", ())


def test_a_grave_risk_comes_before_a_sure_fix_of_a_small_one() -> None:
    fixes = [_fix("a", "risky"), _fix("b", "sure"), _fix("c", "grave")]

    assert [each.id for each in best(fixes, _FINDINGS, 5)] == ["c", "b", "a"]


def test_closing_more_is_worth_more() -> None:
    fixes = [_fix("one", "risky"), _fix("both", "risky", "other")]
    other = _finding("other", "writable-root-filesystem", Severity.MEDIUM)

    assert best(fixes, (*_FINDINGS, other), 1)[0].id == "both"


def test_a_fix_for_nothing_that_is_shown_is_not_offered() -> None:
    assert best([_fix("waived", "elsewhere")], _FINDINGS, 5) == ()


def test_two_ways_to_close_the_same_findings_are_one_offer() -> None:
    assert [each.id for each in best([_fix("b", "sure"), _fix("a", "sure")], _FINDINGS, 5)] == ["a"]


def test_every_severity_has_its_risk_and_every_confidence_its_check() -> None:
    assert list(RISK) == list(Severity)
    assert set(CONFIDENCE) <= {check.id for check in CHECKS}
