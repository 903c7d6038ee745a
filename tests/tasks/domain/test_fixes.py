from __future__ import annotations

from dataclasses import replace

from tasks.domain.candidates import Candidate
from tasks.domain.findings import Finding, Severity
from tasks.domain.fixes import best_fixes
from tasks.domain.platform.nodes import Place


def _finding(name: str, severity: Severity = Severity.MEDIUM) -> Finding:
    return Finding(name, "no-memory-limit", severity, name, Place("compose.yaml", 1, 1), name)


def _change(name: str, kind: str, *closes: str, patch: str = "--- a\n") -> Candidate:
    return Candidate(name, kind, closes, "web", (), patch=patch)


_FINDINGS = (_finding("a"), _finding("b"), _finding("c"))


def test_changes_of_one_kind_are_one_fix_that_closes_what_all_of_them_close() -> None:
    changes = [_change("1", "limit", "a"), _change("2", "limit", "b"), _change("3", "pin", "c")]

    first, second = best_fixes(changes, _FINDINGS, 5)

    assert (first.name, first.closes) == ("limit", ("a", "b"))
    assert (second.name, second.closes) == ("3", ("c",))


def test_a_critical_finding_comes_before_many_small_ones() -> None:
    grave = _finding("grave", Severity.CRITICAL)
    many = [_finding(f"m{n}") for n in range(50)]
    changes = [*(_change(f.id, "limit", f.id) for f in many), _change("g", "drop", "grave")]

    assert best_fixes(changes, [*many, grave], 1)[0].name == "g"


def test_what_a_patch_cannot_show_is_a_fix_of_its_own() -> None:
    changes = [_change("1", "limit", "a"), _change("2", "limit", "b", patch="")]

    assert [len(fix.candidates) for fix in best_fixes(changes, _FINDINGS, 5)] == [1, 1]


def test_only_what_is_asked_about_counts() -> None:
    waived = replace(_FINDINGS[0], waived="on purpose")
    changes = [_change("1", "limit", waived.id), _change("2", "limit", "b", "elsewhere")]

    (fix,) = best_fixes(changes, _FINDINGS[1:], 5)

    assert fix.closes == ("b",)
