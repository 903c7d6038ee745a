from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from deployments.cli import main
from tasks.tools import answers
from tasks.tools.platforms import look as really_look
from tasks.tools.sources import read_source
from tasks.tools.store import Store

if TYPE_CHECKING:
    from tasks.domain.answers import Answer

SHOP = Path(__file__).parents[3] / "examples/shop"
_COMPOSE = """\
services:
  web:
    build: .
    env_file: settings.txt
    environment: {API_TOKEN: "c4nary/9f8e7d6c5b4a"}
    privileged: true
"""


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    folder = tmp_path / "platform"
    folder.mkdir()
    (folder / "compose.yaml").write_text(_COMPOSE, encoding="utf-8")
    (folder / "settings.txt").write_text("LEVEL=debug\n", encoding="utf-8")
    (folder / "Dockerfile").write_text("FROM nginx:1.27\nUSER 101\n", encoding="utf-8")
    return folder


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each real reading."""
    noted: list[str] = []

    def look(source: Any, *rest: Any) -> Any:
        noted.append(source.name)
        return really_look(source, *rest)

    monkeypatch.setattr(answers, "look", look)
    return noted


def _answer(folder: Path, tmp_path: Path, entry: str | None = None) -> Answer:
    reader = answers.Reader(Store(tmp_path / "store"), str(folder), entry, ())
    return reader.answer(read_source([folder]))


def test_an_unchanged_platform_is_answered_without_reading_it_again(
    platform: Path, tmp_path: Path, looks: list[str]
) -> None:
    first = _answer(platform, tmp_path)

    assert _answer(platform, tmp_path) == first
    assert len(looks) == 1
    assert first.findings


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("compose.yaml", _COMPOSE.replace("privileged: true", "privileged: false")),
        ("Dockerfile", "FROM nginx:1.27\n"),
        ("settings.txt", "LEVEL=info\n"),
        ("compose.override.yaml", "services: {web: {pid: host}}\n"),
        (".env", "A=1\n"),
        (".dockerignore", "x\n"),
    ],
)
def test_any_file_that_matters_changes_the_answer_to_what_a_first_reading_gives(
    platform: Path, tmp_path: Path, file: str, text: str
) -> None:
    _answer(platform, tmp_path)
    (platform / file).write_text(text, encoding="utf-8")

    after = _answer(platform, tmp_path)

    assert after == _answer(platform, tmp_path / "fresh")


def test_going_back_is_served_too(platform: Path, tmp_path: Path, looks: list[str]) -> None:
    file = platform / "compose.yaml"
    first = _answer(platform, tmp_path)
    file.write_text(_COMPOSE.replace("true", "false"), encoding="utf-8")
    _answer(platform, tmp_path)
    file.write_text(_COMPOSE, encoding="utf-8")

    assert _answer(platform, tmp_path) == first
    assert len(looks) == 2


def test_another_entry_is_another_answer(tmp_path: Path) -> None:
    assert _answer(SHOP, tmp_path, "kubernetes") != _answer(SHOP, tmp_path, "compose.yaml")


def test_a_new_version_of_our_code_reads_again(
    platform: Path, tmp_path: Path, looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _answer(platform, tmp_path)
    monkeypatch.setattr(answers, "code", lambda: "another")
    _answer(platform, tmp_path)

    assert len(looks) == 2


def test_the_kept_answer_says_what_a_reading_says_in_every_form(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CMI_CACHE", str(tmp_path))
    for form in ("json", "text", "sarif", "github", "markdown"):
        said = []
        for options in (["--no-store"], [], []):
            main.call(["check", str(SHOP), "--format", form, "--lang", "zh", *options])
            said.append(capsys.readouterr().out)
        assert said[0] == said[1] == said[2], form
    assert list(tmp_path.iterdir())


def test_the_store_can_be_left_alone(
    platform: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, looks: list[str]
) -> None:
    monkeypatch.setenv("CMI_CACHE", str(tmp_path / "store"))
    main.call(["check", str(platform)])
    main.call(["check", str(platform), "--no-store"])

    assert len(looks) == 2


def test_a_damaged_store_changes_nothing_but_the_time(
    platform: Path, tmp_path: Path, looks: list[str]
) -> None:
    first = _answer(platform, tmp_path)
    for file in (tmp_path / "store").iterdir():
        file.write_bytes(file.read_bytes()[:-2])

    assert _answer(platform, tmp_path) == first
    assert _answer(platform, tmp_path) == first
    assert len(looks) == 2


def test_no_secret_reaches_the_store(
    platform: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = "c4nary/9f8e7d6c5b4a"  # noqa: S105  # planted
    with (platform / "settings.txt").open("a", encoding="utf-8") as file:
        file.write(f"DB_PASSWORD={secret}\n")
    monkeypatch.setenv("CMI_CACHE", str(tmp_path / "store"))
    for options in ([], ["--json"], ["--patch", "no-new-privileges"]):
        main.call(["check", str(platform), *options])

    kept = b"".join(each.read_bytes() for each in (tmp_path / "store").iterdir()).decode()
    assert "privileged-container" in kept
    encoded = base64.b64encode(secret.encode()).decode()
    for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], encoded):
        assert form not in kept
