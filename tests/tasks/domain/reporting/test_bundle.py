from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from tasks.domain.canonical import digest
from tasks.domain.platform.model import NotAssessed
from tasks.domain.recipes import from_bytes
from tasks.domain.reporting.bundle import (
    Combination,
    Run,
    assemble,
    index_bytes,
    seal,
    static_parts,
)
from tasks.domain.reporting.schemas import complaints
from tests.bundles import CANDIDATES, FINDINGS, PATCH, accepted, bundle, contents, proof_evidence

DIGEST = bundle().digest


def test_a_bundle_obeys_its_schema() -> None:
    assert complaints("bundle", json.loads(index_bytes(seal(bundle(), {}).document))) == []


def test_what_every_bundle_says_at_least() -> None:
    asked = "version programme platform unread findings not_assessed candidates experiments"
    document = bundle().document

    assert set(f"{asked} kpis deliverables decisions digest".split()) <= set(document)
    assert {"id", "batch", "source", "entry"} <= set(document["programme"])


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"run": Run("run-2", "night-2", "/elsewhere", "ab" * 32)}, id="run"),
        pytest.param({"kpis": ()}, id="figures"),
        pytest.param({"cells": ()}, id="cells"),
        pytest.param({"not_assessed": contents().not_assessed[:1]}, id="no feed on this host"),
        pytest.param({"evidence": (proof_evidence(),)}, id="evidence"),
        pytest.param({"candidates": (accepted(), CANDIDATES[1])}, id="verdict"),
        pytest.param(
            {"findings": (*FINDINGS[:2], replace(FINDINGS[2], waived=""))}, id="expired waiver"
        ),
    ],
)
def test_the_digest_depends_on_the_input_alone(changes: dict[str, object]) -> None:
    assert bundle(**changes).digest == DIGEST


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"version": "0.2.0"}, id="product"),
        pytest.param({"run": Run("run-1", "night-1", "shop", "cd" * 32)}, id="source"),
        pytest.param({"findings": FINDINGS[:2]}, id="finding"),
        pytest.param({"candidates": CANDIDATES[:1]}, id="candidate"),
        pytest.param({"unread": ()}, id="unread"),
        pytest.param({"written": {}}, id="counts"),
        pytest.param(
            {"not_assessed": (NotAssessed("x", "y", "z", input=True),)}, id="input not assessed"
        ),
        pytest.param(
            {"candidates": (replace(CANDIDATES[0], patch=PATCH + "\n"), CANDIDATES[1])}, id="patch"
        ),
    ],
)
def test_the_digest_covers_the_input_and_what_follows_from_it(changes: dict[str, object]) -> None:
    assert bundle(**changes).digest != DIGEST


def test_the_digest_can_be_recomputed_from_the_index_alone() -> None:
    document = json.loads(index_bytes(bundle().document))

    assert digest(static_parts(document)) == document["digest"]


def test_every_file_is_listed_with_its_hash() -> None:
    sealed = seal(bundle(), {"findings.sarif": b"{}"})

    assert {each["path"]: each["sha256"] for each in sealed.document["files"]} == {
        path: hashlib.sha256(data).hexdigest() for path, data in sealed.files.items()
    }
    assert {
        "findings.sarif",
        "proposed.patch",
        "patches/pin-image-web.patch",
        "recipes/drop-privileged-db.json",
        "deliverables/user-manual.en.md",
        "deliverables/user-manual.zh.md",
    } <= set(sealed.files)


def test_what_was_accepted_lies_there_as_recipes_and_as_a_patch() -> None:
    recipes = (replace(CANDIDATES[1].recipes[0], removed=("y",)),)
    made = bundle(accepted=Combination(PATCH, ("a", "b"), {}, recipes))

    assert made.files["accepted.patch"] == PATCH.encode()
    assert from_bytes(made.files["recipes/accepted.json"]) == recipes
    assert made.document["accepted"] == {
        "file": "accepted.patch",
        "recipe_file": "recipes/accepted.json",
        "order": ["a", "b"],
        "left_out": [],
    }
    assert made.document["proposed"]["recipe_file"] is None


def test_names_from_the_platform_are_never_paths() -> None:
    hostile = replace(CANDIDATES[0], id="../../x")
    texts = {**contents().texts, hostile.id: contents().texts[CANDIDATES[0].id]}
    files = assemble(contents(candidates=(hostile,), texts=texts)).files

    assert not any(".." in path for path in files)
    assert any(data == PATCH.encode() for path, data in files.items() if path[:8] == "patches/")


def test_a_finding_without_texts_is_our_fault_and_not_hidden() -> None:
    stranger = replace(FINDINGS[0], id="unknown")

    with pytest.raises(KeyError, match="unknown"):
        bundle(findings=(stranger,))
