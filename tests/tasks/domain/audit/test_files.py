from __future__ import annotations

import pytest

from tasks.domain.audit.files import audit, reports
from tasks.domain.reporting.bundle import Bundle
from tests.forgeries import named, resealed, whole


def test_honest_files_have_no_disagreement() -> None:
    assert [*audit(whole()), *reports(whole())] == []


def test_swapped_evidence_is_named() -> None:
    made = whole()
    first, second = [path for path in made.files if path.startswith("evidence/")][:2]
    files = {**made.files, first: made.files[second], second: made.files[first]}
    found = audit(Bundle(made.document, files))

    assert {first, second} <= {each.where for each in found}


def test_evidence_edited_with_its_hash_is_named() -> None:
    path = next(path for path in whole().files if path.startswith("evidence/"))

    assert "is not what its name says" in named(audit(resealed(whole(), **{path: b"{}"})))


@pytest.mark.parametrize(
    "path", ["patches/pin-image-web.patch", "report.en.html", "deliverables/user-manual.zh.md"]
)
def test_an_edited_file_is_named(path: str) -> None:
    made = whole()
    edited = Bundle(made.document, {**made.files, path: made.files[path] + b"x"})

    assert [each.where for each in audit(edited)] == [path]


def test_a_report_edited_with_its_hash_is_named() -> None:
    value = str(whole().document["kpis"][3]["value"]).encode()
    html = whole().files["report.zh.html"].replace(value, b"100.0")
    found = reports(resealed(whole(), **{"report.zh.html": html}))

    assert [each.where for each in found] == ["report.zh.html"]


def test_a_missing_and_an_extra_file_are_named() -> None:
    made = whole()
    gone = {"proposed.patch", "patches/pin-image-web.patch", "deliverables/user-manual.en.md"}
    rest = {path: data for path, data in made.files.items() if path not in gone}
    found = named(audit(Bundle(made.document, {**rest, "extra.txt": b"x"})))

    assert all(f"{path} is listed and not there" in found for path in gone)
    assert "extra.txt is there and not listed" in found
    assert "candidates[pin-image-web] names patches/pin-image-web.patch, which is not" in found
    assert "deliverables[user-manual] names deliverables/user-manual.en.md" in found


def test_a_missing_report_is_named_even_when_nobody_lists_it() -> None:
    made = whole()
    rest = {path: data for path, data in made.files.items() if path != "report.en.html"}

    assert named(reports(Bundle(made.document, rest))) == "report.en.html is missing"


def test_a_path_listed_twice_or_with_another_size_is_named() -> None:
    made = whole()
    made.document["files"].append(made.document["files"][0])
    made.document["files"][1]["bytes"] += 1
    found = named(audit(made))

    assert "files lists a path twice" in found
    assert "bytes, not" in found
