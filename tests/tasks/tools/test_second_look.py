from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.canonical import plain
from tasks.domain.conflicts import combine
from tasks.domain.propose import propose
from tasks.domain.reporting.bundle import Bundle, Combination, Contents, Run, assemble
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.reporting.excerpts import excerpts
from tasks.domain.version import VERSION
from tasks.tools.platforms import intake
from tasks.tools.second_look import SecondLook, look_again

if TYPE_CHECKING:
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
