import hashlib
import shutil
from pathlib import Path

import pytest

from tasks.tools.errors import ProgramMissingError
from tasks.tools.identity import describe


def test_evidence_of_a_program_is_its_path_digest_and_version() -> None:
    evidence = describe("git")

    assert evidence.path == Path(shutil.which("git") or "")
    assert evidence.sha256 == hashlib.sha256(evidence.path.read_bytes()).hexdigest()
    assert evidence.version.startswith("git version ")


def _script(path: Path, says: str) -> None:
    path.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def test_each_program_is_asked_for_its_version_in_its_own_way(programs: Path) -> None:
    for name in ("kubectl", "helm", "unheard-of"):
        _script(programs / name, 'echo "asked $*"')

    assert describe("kubectl").version == "asked version --client"
    assert describe("helm").version == "asked version --short"
    assert describe("unheard-of").version == "asked --version"


def test_a_version_on_standard_error_and_a_refusal_to_tell_are_answers(programs: Path) -> None:
    _script(programs / "murmurs", "echo 1.2.3 >&2; exit 3")
    _script(programs / "silent", "exit 1")

    assert describe("murmurs").version == "1.2.3"
    assert describe("silent").version == ""


def test_a_replaced_program_is_another_program(programs: Path) -> None:
    _script(programs / "tool", "echo 1")
    before = describe("tool")
    _script(programs / "tool", "echo 2.0")

    assert describe("tool").version == "2.0"
    assert describe("tool").sha256 != before.sha256


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(ProgramMissingError, match="no-such-program"):
        describe("no-such-program")
