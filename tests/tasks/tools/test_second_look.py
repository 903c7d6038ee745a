from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.canonical import canonical_json, plain
from tasks.domain.conflicts import combine
from tasks.domain.propose import propose
from tasks.domain.reporting.bundle import Bundle, Combination, Contents, Run, assemble
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.reporting.excerpts import excerpts
from tasks.domain.version import VERSION
from tasks.tools.platforms import intake
from tasks.tools.second_look import SecondLook, look_again

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PORTS = """\
services:
  web:  # the shop's door
    image: shop/web:1.2.3
    privileged: true
    ports:
      - "8080:80"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "compose.yaml").write_text(PORTS)
    return folder


def made(source: Path) -> Bundle:
    seen = intake([source])
    assert seen.platform is not None
    findings = assess(seen.platform)
    candidates = propose(seen.platform, findings, seen.source)
    proposed = combine(candidates, findings, seen.source)
    texts = {each.id: finding_texts(each) for each in findings}
    texts |= {each.id: candidate_texts(each) for each in candidates}
    return assemble(
        Contents(
            VERSION,
            Run("r", "b", "shop", seen.source.digest(seen.source.files)),
            seen.platform,
            plain(seen.written),
            texts,
            unread=seen.unread,
            not_assessed=seen.not_assessed,
            findings=findings,
            excerpts=excerpts({each.id: each.place for each in findings}, seen.source),
            candidates=candidates,
            proposed=Combination(proposed.patch, proposed.order, proposed.left_out),
        )
    )


def test_the_source_that_a_bundle_was_made_of_agrees_wherever_it_lies(source: Path) -> None:
    bundle = made(source)
    elsewhere = shutil.copytree(source, source.parent / "elsewhere")

    assert bundle.files["proposed.patch"]
    assert look_again(bundle, elsewhere) == SecondLook(())


def test_a_source_that_has_changed_is_named(source: Path) -> None:
    bundle = made(source)
    (source / "compose.yaml").write_text(PORTS.replace("    privileged: true\n", ""))
    found = {each.where for each in look_again(bundle, source).disagreements}

    assert "source" in found
    assert any(each.startswith("findings[privileged-container-") for each in found)
    assert "proposed.patch" in found


def test_a_finding_left_out_and_a_patch_edited_are_named(source: Path) -> None:
    bundle = made(source)
    gone = bundle.document["findings"].pop(0)["id"]
    evil = bundle.files["proposed.patch"].replace(b"8080", b"9090")
    edited = Bundle(bundle.document, {**bundle.files, "proposed.patch": evil})
    found = {each.where for each in look_again(edited, source).disagreements}

    assert f"findings[{gone}]" in found
    assert "proposed.patch" in found


def accepting(source: Path) -> Bundle:
    """A bundle that accepted all changes, one of them at a line that may hold a secret."""
    (source / "compose.yaml").write_text(PORTS.replace("privileged: true", "privileged: true # x"))
    bundle = made(source)
    seen = intake([source])
    assert seen.platform is not None
    findings = assess(seen.platform)
    candidates = propose(seen.platform, findings, seen.source)
    whole = combine(candidates, findings, seen.source, recipes=True)
    bundle.document["accepted"] |= {"order": list(whole.order)}
    files = {
        "accepted.patch": whole.patch.encode(),
        "recipes/accepted.json": canonical_json(whole.recipes),
    }
    assert all(files.values())
    assert whole.recipes
    return Bundle(bundle.document, {**bundle.files, **files})


def test_what_was_accepted_is_made_again_recipes_and_patch(source: Path) -> None:
    assert look_again(accepting(source), source) == SecondLook(())


def _without_recipes(files: dict[str, bytes]) -> None:
    del files["recipes/accepted.json"]


def _of_another_text(files: dict[str, bytes]) -> None:
    recipes = json.loads(files["recipes/accepted.json"])
    recipes[0]["sha256"] = "0" * 64
    files["recipes/accepted.json"] = json.dumps(recipes).encode()


def _of_another_file(files: dict[str, bytes]) -> None:
    files["recipes/accepted.json"] = files["recipes/accepted.json"].replace(b"compose.", b"other.")


def _no_recipes(files: dict[str, bytes]) -> None:
    files["recipes/accepted.json"] = b"{}"


def _another_value(files: dict[str, bytes]) -> None:
    files["recipes/accepted.json"] = files["recipes/accepted.json"].replace(b'"false"', b'"true"')


@pytest.mark.parametrize(
    ("spoil", "where", "what"),
    [
        (_of_another_text, "recipes/accepted.json", "has changed since the recipe was made"),
        (_of_another_file, "recipes/accepted.json", "is for other.yaml"),
        (_no_recipes, "recipes/accepted.json", "this is not a recipe that we wrote"),
        (_another_value, "accepted", "does not close privileged-container-"),
        (_without_recipes, "accepted", "does not close privileged-container-"),
    ],
)
def test_recipes_of_what_was_accepted_that_do_not_hold_are_named(
    source: Path, spoil: Callable[[dict[str, bytes]], None], where: str, what: str
) -> None:
    bundle = accepting(source)
    files = dict(bundle.files)
    spoil(files)
    found = look_again(Bundle(bundle.document, files), source).disagreements

    assert [each.where for each in found] == [where]
    assert what in found[0].what


def test_lines_beside_what_only_a_copy_showed_are_cut_out_again(source: Path) -> None:
    bundle = made(source)
    first = next(each for each in bundle.document["findings"] if each["excerpt"])
    seen = {**first, "id": "seen-on-a-copy", "origin": "live"}
    bundle.document["findings"].append(seen)
    assert look_again(bundle, source) == SecondLook(())

    seen["excerpt"] = {**first["excerpt"], "lines": ["services:"]}
    assert [each.where for each in look_again(bundle, source).disagreements] == [
        "findings[seen-on-a-copy].excerpt"
    ]


def test_a_proof_that_does_not_hold_is_named(source: Path) -> None:
    bundle = made(source)
    proof = bundle.document["candidates"][0]["proofs"]["finding"]
    proof["state"] = "failed"

    assert [each.where for each in look_again(bundle, source).disagreements] == [
        f"candidates[{bundle.document['candidates'][0]['id']}].proofs.finding"
    ]


def test_a_source_without_the_entry_is_one_sentence(source: Path) -> None:
    bundle = made(source)
    bundle.document["programme"]["entry"] = "gone.yaml"

    with pytest.raises(Exception, match=r"gone\.yaml"):
        look_again(bundle, source)


def test_without_git_the_readings_are_compared_and_the_patches_are_not_assessed(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = made(source)
    monkeypatch.setenv("PATH", "/nowhere")

    honest = look_again(bundle, source)
    bundle.document["findings"].pop()
    edited = look_again(bundle, source)

    assert honest.disagreements == ()
    assert [each.what for each in honest.not_assessed] == ["applying and undoing the patches"]
    assert edited.disagreements
