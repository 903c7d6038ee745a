"""The source belongs to nobody's machine: no private paths, no index, no secret, no state."""

import re
from pathlib import Path

import pytest

from tasks.tools.command import SHORT_TIMEOUT, find_program, run

CHECKOUT = Path(__file__).resolve().parents[2]
# Folders of people and of machines that build; examples in tests are made of other names.
PRIVATE = re.compile(r"/(?:home/(?!x\b|user\b|app\b)[a-z]\w+|root/(?!\.)\w|work/|Users/[A-Z])")
INDEX = re.compile(
    r"(?:index-url|--index|find-links|trusted-host)\s*[=:]?\s*https?://", re.IGNORECASE
)
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".sh", ".json", ".lock", ".txt", ".template", ""}


def _tracked() -> list[Path]:
    if find_program("git") is None or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout, so nobody can say which files are tracked")
    names = run("git", "ls-files", "-z", timeout=SHORT_TIMEOUT, cwd=CHECKOUT).stdout.decode()
    return [CHECKOUT / name for name in names.split("\0") if name]


def _lines(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in _tracked()
        if path.suffix in TEXT and path.is_file() and path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    assert _lines(PRIVATE) == []


def test_no_file_names_a_package_index() -> None:
    assert _lines(INDEX) == []


def test_every_locked_package_has_hashes() -> None:
    text = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())

    assert len(entries) > 100
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_neither_state_nor_settings_of_a_user_are_tracked() -> None:
    names = {str(path.relative_to(CHECKOUT)) for path in _tracked()}

    assert not names & {".env", ".cmi/stack.json"}
    assert not [name for name in names if name.startswith((".cmi/", ".venv/"))]
