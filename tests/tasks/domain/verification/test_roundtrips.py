from __future__ import annotations

from tasks.domain.candidates import ProofState
from tasks.domain.findings import Finding, Severity
from tasks.domain.platform.nodes import Place
from tasks.domain.verification.roundtrips import judge


def finding(
    name: str, check: str = "a", severity: Severity = Severity.MEDIUM, subject: str = "web"
) -> Finding:
    return Finding(name, check, severity, subject, Place("f.yaml", 1, 1), "path")


def test_what_is_closed_and_gone_passes() -> None:
    assert judge(["1"], [finding("1"), finding("2", "b")], [finding("2", "b")]).state == "passed"


def test_a_finding_that_is_still_there_fails() -> None:
    proof = judge(["1"], [finding("1")], [finding("1")])

    assert proof.state is ProofState.FAILED
    assert "1" in proof.reason


def test_a_new_finding_as_severe_fails_and_a_milder_one_does_not() -> None:
    before = [finding("1")]

    assert judge(["1"], before, [finding("2", "new")]).state is ProofState.FAILED
    milder = finding("2", "new", Severity.LOW)
    assert judge(["1"], before, [milder]).state is ProofState.PASSED


def test_the_same_defect_written_at_another_path_is_not_new() -> None:
    before = [finding("1"), finding("2", "b")]

    assert judge(["1"], before, [finding("2-moved", "b")]).state is ProofState.PASSED


def test_closing_what_was_never_found_proves_nothing() -> None:
    assert judge(["9"], [finding("1")], []).state is ProofState.NOT_ASSESSED
