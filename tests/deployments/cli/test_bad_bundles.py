"""What `cmi audit` and `cmi apply` say of a bundle that somebody edited, and without git."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.canonical import plain
from tasks.domain.conflicts import combine
from tasks.domain.exits import Exit
from tasks.domain.platform.intake import missed
from tasks.domain.propose import propose
from tasks.domain.reporting.bundle import Combination, Contents, Run, assemble, seal
from tasks.domain.reporting.described import candidate_texts, finding_texts
from tasks.domain.reporting.html import reports
from tasks.domain.version import VERSION
from tasks.tools import bundles
from tasks.tools.platforms import intake
from tests.commands import ROOT, cmi, no_traceback, one_document, one_sentence

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample platform, and an honest bundle about it."""
    place = tmp_path_factory.mktemp("made")
    source = shutil.copytree(ROOT / "examples/shop", place / "shop")
    seen = intake([source], "compose.yaml")
    assert seen.platform is not None
    findings = assess(seen.platform)
    candidates = propose(seen.platform, findings, seen.source)
    together = combine(candidates, findings, seen.source)
    texts = {each.id: finding_texts(each) for each in findings}
    texts |= {each.id: candidate_texts(each) for each in candidates}
    bundle = assemble(
        Contents(
            VERSION,
            Run("r", "b", "shop", seen.source.digest(seen.source.files)),
            seen.platform,
            plain(seen.written),
            texts,
            unread=missed(seen),
            not_assessed=seen.not_assessed,
            findings=findings,
            candidates=candidates,
            proposed=Combination(together.patch, together.order, together.left_out),
        )
    )
    bundles.write(seal(bundle, reports(bundle)), place / "bundle")
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """The same, for one test to spoil."""
    return shutil.copytree(made, tmp_path / "place")


def _first(folder: Path) -> Path:
    return min(folder.iterdir())


def _other_byte(file: Path) -> str:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    return f"{file.parent.name}/{file.name}"


def _a_number(bundle: Path) -> str:
    index = bundle / "bundle.json"
    document = json.loads(index.read_text(encoding="utf-8"))
    figure = next(each for each in document["kpis"] if each["value"] is not None)
    figure["value"] += 1
    index.write_text(json.dumps(document), encoding="utf-8")
    return f"kpis[{figure['id']}]"


def _a_byte_of_a_patch(bundle: Path) -> str:
    return _other_byte(_first(bundle / "patches"))


def _a_byte_of_evidence(bundle: Path) -> str:
    return _other_byte(_first(bundle / "evidence"))


def _a_missing_file(bundle: Path) -> str:
    file = _first(bundle / "patches")
    file.unlink()
    return f"patches/{file.name}"


def _an_extra_file(bundle: Path) -> str:
    (bundle / "evidence/extra.json").write_text("{}", encoding="utf-8")
    return "evidence/extra.json"


EDITS = [_a_number, _a_byte_of_a_patch, _a_byte_of_evidence, _a_missing_file, _an_extra_file]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_named_and_the_audit_disagrees(place: Path, edit: Callable[[Path], str]) -> None:
    where = edit(place / "bundle")

    said = cmi(place, "audit", "bundle")
    document = one_document(cmi(place, "audit", "bundle", "--json"), "audit", Exit.GATE)

    assert said.returncode == Exit.GATE
    assert any(line.startswith(where) for line in said.stdout.splitlines()), said.stdout
    assert any(each["where"].startswith(where) for each in document["disagreements"])
    no_traceback(said)


def test_an_honest_bundle_agrees_with_itself_and_its_source(place: Path) -> None:
    answer = cmi(place, "audit", "bundle", "--source", "shop", "--json")

    assert one_document(answer, "audit", Exit.DONE)["not_assessed"] == []


def test_an_audit_without_git_compares_the_rest_and_says_what_it_did_not(place: Path) -> None:
    quiet = cmi(place, "audit", "bundle", "--source", "shop", "--json", PATH="/nowhere")
    (missing,) = one_document(quiet, "audit", Exit.DONE)["not_assessed"]

    assert "`git` is not installed here." in missing["reason"]
    assert "`cmi doctor`" in missing["remedy"]


def test_an_audit_without_git_still_names_what_the_source_contradicts(place: Path) -> None:
    compose = place / "shop/compose.yaml"
    compose.write_text(compose.read_text() + "# changed\n", encoding="utf-8")

    answer = cmi(place, "audit", "bundle", "--source", "shop", PATH="/nowhere")

    assert answer.returncode == Exit.GATE
    assert "source" in answer.stdout
    assert "`git` is not installed here." in answer.stderr


def test_nothing_is_applied_without_git_and_the_sentence_says_why(place: Path) -> None:
    before = (place / "shop/compose.yaml").read_bytes()
    words = ("apply", "bundle", "proposed", "--to", "shop", "--json")

    answer = cmi(place, *words, PATH="/nowhere")

    one_document(answer, "apply", Exit.USAGE)
    one_sentence(answer, "`git` is not installed here.", "`cmi doctor`")
    assert (place / "shop/compose.yaml").read_bytes() == before


def test_what_was_applied_obeys_the_schema_and_can_be_taken_back(place: Path) -> None:
    before = (place / "shop/compose.yaml").read_bytes()
    words = ("apply", "bundle", "proposed", "--to", "shop", "--json")

    done = one_document(cmi(place, *words), "apply", Exit.DONE)
    again = one_document(cmi(place, *words), "apply", Exit.DONE)
    back = one_document(cmi(place, *words, "--reverse"), "apply", Exit.DONE)

    assert [each["changes"][0]["state"] for each in (done, again, back)] == [
        "applied",
        "already",
        "applied",
    ]
    assert (place / "shop/compose.yaml").read_bytes() == before


def test_a_patch_that_no_longer_fits_is_refused_and_nothing_is_written(place: Path) -> None:
    for file in place.glob("shop/*.yaml"):
        file.write_text("services: {}\n", encoding="utf-8")

    answer = cmi(place, "apply", "bundle", "proposed", "--to", "shop", "--json")

    document = one_document(answer, "apply", Exit.GATE)
    assert document["changes"][0]["state"] == "refused"
    assert "Nothing was written" in answer.stderr
    assert (place / "shop/compose.yaml").read_text() == "services: {}\n"
