from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.reporting import records
from tests.bundles import CANDIDATES, FINDINGS, PATCH, text


@pytest.mark.parametrize("harmless", ["pin-image-web", "a", "v1.2_x"])
def test_a_harmless_id_is_its_own_file_name(harmless: str) -> None:
    assert records.file_name(harmless) == harmless


@pytest.mark.parametrize(
    "hostile",
    ["", "..", "../../x", "a/b", "a\0b", ".git", "<script>", "=cmd|'/c'", "a|b", "x.", "A", "é"],
)
def test_a_hostile_id_never_becomes_a_path(hostile: str) -> None:
    assert re.fullmatch(r"x-[0-9a-f]{16}", records.file_name(hostile))


@given(st.text(), st.text())
def test_two_ids_never_share_a_file_name(one: str, other: str) -> None:
    assert (records.file_name(one) == records.file_name(other)) is (one == other)


def test_a_finding_says_where_it_is_and_speaks_both_languages() -> None:
    record = records.finding(FINDINGS[0], text("floating tag"))

    assert record["where"] == {
        "file": "compose.yaml",
        "line": 3,
        "column": 5,
        "path": "services.web.image",
    }
    assert record["message"] == "floating tag here"
    assert record["texts"]["zh"]["remedy"] == "补救 floating tag"


def test_a_candidate_without_proofs_says_that_nothing_was_measured() -> None:
    record = records.candidate(CANDIDATES[0], text("pin"))

    assert {each["state"] for each in record["proofs"].values()} == {"not assessed"}
    assert "a copy of the platform" in record["proofs"]["ab"]["reason"]
    assert record["sha256"] == hashlib.sha256(PATCH.encode()).hexdigest()


def test_a_recipe_is_a_file_of_its_own_and_no_patch() -> None:
    record = records.candidate(CANDIDATES[1], text("recipe"))

    assert (record["patch"], record["patch_file"]) == (None, None)
    assert record["recipe_file"] == "recipes/drop-privileged-db.json"
