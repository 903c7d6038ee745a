from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from deployments.cli import main

if TYPE_CHECKING:
    from pathlib import Path

_TODAY = dt.datetime.now(dt.UTC).date()


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    """A platform whose waivers are lapsed, for nothing, soon to lapse, and quiet."""
    (tmp_path / "compose.yaml").write_text("services: {web: {image: nginx}}\n", encoding="utf-8")
    rows = (
        ("runs-as-root", "web", "2001-01-01"),
        ("privileged-container", "gone", "2999-01-01"),
        ("no-memory-limit", "web", (_TODAY + dt.timedelta(days=20)).isoformat()),
        ("no-cpu-limit", "web", "2999-01-01"),
    )
    waivers = "".join(
        f"  - {{check: {check}, place: {place}, owner: ops, reason: known, expires: {day}}}\n"
        for check, place, day in rows
    )
    (tmp_path / "cmi.yaml").write_text(f"waivers-warn: 30d\nwaivers:\n{waivers}", encoding="utf-8")
    return tmp_path


def _shown(platform: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    main.call(["check", str(platform), "--lang", "en", *options])
    return capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "github", "markdown", "sarif"])
def test_every_form_names_the_waivers_that_need_somebody(
    platform: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    shown = " ".join(_shown(platform, capsys, "--format", form).replace("\\_", "_").split())

    assert "the waiver of runs-as-root at web lapsed on 2001-01-01" in shown
    assert "the waiver of privileged-container at gone matches no finding" in shown
    assert "the waiver of no-memory-limit at web lapses on" in shown
    assert "waiver of no-cpu-limit" not in shown


def test_json_lists_them_with_state_owner_and_place(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed: list[dict[str, Any]] = json.loads(_shown(platform, capsys, "--json"))["waivers"]

    assert [(each["state"], each["check"]) for each in listed] == [
        ("lapsed", "runs-as-root"),
        ("unmatched", "privileged-container"),
        ("lapsing", "no-memory-limit"),
    ]
    assert all(each["owner"] == "ops" for each in listed)
    assert [each["where"]["line"] for each in listed] == [3, 4, 5]


def test_how_long_before_is_the_users_choice(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = platform / "cmi.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("30d", "5d"), encoding="utf-8")

    listed = json.loads(_shown(platform, capsys, "--json"))["waivers"]

    assert [each["state"] for each in listed] == ["lapsed", "unmatched"]


def test_a_remark_on_github_stands_at_the_line_of_the_waiver(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "::warning file=cmi.yaml,line=3," in _shown(platform, capsys, "--format", "github")
