from dataclasses import replace

from tasks.domain.comparison import Assessed, compare, row_json
from tasks.domain.findings import Finding, Severity
from tasks.domain.platform.entries import Likeness
from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.platform.nodes import Place


def finding(check: str, subject: str, file: str, severity: Severity = Severity.LOW) -> Finding:
    return Finding(f"{check}-{file}", check, severity, subject, Place(file, 1, 1), "")


def assessed(name: str, *findings: Finding, like: Likeness | None = None) -> Assessed:
    entry = Entry(name, EntryKind.COMPOSE, (name,))
    return Assessed(Platform(entry), like, findings=findings)


def test_findings_are_the_same_by_check_and_subject_wherever_they_stand() -> None:
    first = assessed("a", finding("no-limit", "web", "a"), finding("root", "web", "a"))
    other = assessed(
        "b",
        finding("no-limit", "web", "b", Severity.HIGH),
        finding("no-limit", "db", "b"),
        like=Likeness("a", 2, 2),
    )

    plain, row = compare([first, other])

    assert (row.only_here, row.only_there) == (1, 1)
    assert (plain.only_here, plain.only_there) == (0, 0)
    assert row.findings == {"critical": 0, "high": 1, "medium": 0, "low": 1, "info": 0}


def test_what_an_owner_accepted_counts_on_no_side() -> None:
    waived = replace(finding("root", "web", "a"), waived="accepted")
    other = assessed("b", waived, like=Likeness("a", 1, 1))

    (_, row) = compare([assessed("a", waived), other])

    assert (row.only_here, row.only_there, sum(row.findings.values())) == (0, 0, 0)


def test_an_entry_that_was_only_read_has_no_findings_rather_than_none() -> None:
    (row,) = compare([replace(assessed("a"), findings=None)])

    assert row_json(row)["findings"] is None


def test_a_variant_of_an_entry_that_was_not_read_is_shown_without_differences() -> None:
    (row,) = compare([assessed("b", finding("root", "w", "b"), like=Likeness("gone", 1, 1))])

    assert (row.likeness, row.only_here) == (Likeness("gone", 1, 1), 0)
