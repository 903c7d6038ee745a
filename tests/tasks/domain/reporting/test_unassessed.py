from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.domain.platform.model import NotAssessed, Unread
from tasks.domain.reporting.texts import wording
from tasks.domain.reporting.unassessed import counted, unassessed
from tests.bundles import accepted, bundle, cells


def test_every_proof_cell_figure_and_input_that_is_missing_is_counted() -> None:
    document = bundle().document
    proofs = [p["state"] for c in document["candidates"] for p in c["proofs"].values()]

    found = counted(unassessed(document, wording("en")))

    assert found["proof"] == proofs.count("not assessed")
    assert found["cell"] == sum(each["state"] != "done" for each in document["cells"])
    assert found["figure"] == sum(each["value"] is None for each in document["kpis"])
    assert found["input"] == len(document["unread"])
    assert found["platform"] == len(document["not_assessed"])


def test_what_was_proven_is_not_missing() -> None:
    document = bundle(candidates=(accepted(),), unread=(), not_assessed=()).document

    found = counted(unassessed(document, wording("en")))

    assert not {"proof", "input", "platform"} & found.keys()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_has_a_reason_and_those_of_the_user_a_remedy(language: str) -> None:
    for each in unassessed(bundle().document, wording(language)):
        assert each.title
        assert each.reason
        assert each.items
        assert each.remedy or each.kind == "platform"


def test_one_reason_for_many_is_one_row_that_names_them_all() -> None:
    unread = tuple(Unread(f"{n}.yaml", n, "is not UTF-8 text") for n in (1, 2, 3))
    missing = tuple(NotAssessed(f"part {n}", "no feed", "`cmi doctor`") for n in (1, 2))
    document = bundle(unread=unread, not_assessed=missing).document

    found = {each.kind: each.items for each in unassessed(document, wording("zh"))}

    assert found["input"] == ("1.yaml:1", "2.yaml:2", "3.yaml:3")
    assert found["platform"] == ("part 1", "part 2")


def test_a_cell_that_failed_is_told_from_one_that_is_not_built() -> None:
    first, *others = cells()
    failed = replace(first, state="failed", reason="it broke")

    rows = unassessed(bundle(cells=(failed, *others)).document, wording("en"))

    assert (first.id,) in [each.items for each in rows if each.reason == "it broke"]
