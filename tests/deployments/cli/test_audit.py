from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deployments.cli.main import call
from tasks.domain.reporting.schemas import complaints
from tasks.domain.version import VERSION
from tasks.tools import bundles
from tests.forgeries import closed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bundles.write(closed(version=VERSION), tmp_path / "bundle")


def test_an_honest_bundle_passes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["audit", str(folder)]) == 0
    assert "agrees" in capsys.readouterr().err


@pytest.mark.parametrize("extra", [[], ["--json"]], ids=["text", "json"])
def test_an_edited_patch_is_named_on_standard_output(
    folder: Path, capsys: pytest.CaptureFixture[str], extra: list[str]
) -> None:
    (folder / "patches" / "pin-image-web.patch").write_text("evil")

    assert call(["audit", str(folder), *extra]) == 1
    assert "patches/pin-image-web.patch" in capsys.readouterr().out


def test_the_json_document_obeys_its_schema(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "extra.txt").write_text("x")
    call(["audit", str(folder), "--json"])
    document = json.loads(capsys.readouterr().out)

    assert complaints("audit", document) == []
    assert document["disagreements"] == [{"where": "extra.txt", "what": "is there and not listed"}]


def test_what_is_no_bundle_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["audit", str(tmp_path)]) == 2
    assert "holds no bundle.json" in capsys.readouterr().err


def test_a_bundle_of_another_version_says_what_was_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = bundles.write(closed(version="0.0.1"), tmp_path / "bundle")

    assert call(["audit", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["not_assessed"][0]["what"] == "the reports' wording"
