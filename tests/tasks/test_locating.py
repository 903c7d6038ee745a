from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.platform import PlatformSource
from tasks.locating import located
from tasks.ownership import Request

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_name_of_a_block_stands_for_its_path_and_entry(prefect: Path, tmp_path: Path) -> None:
    PlatformSource(path=str(tmp_path), entry="compose.yaml").save("our-shop")

    assert located(Request("our-shop")) == Request(str(tmp_path), "compose.yaml")
    assert located(Request("our-shop", "chart")) == Request(str(tmp_path), "chart")


def test_what_is_there_is_a_path_and_what_no_block_knows_stays(
    prefect: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    PlatformSource(path="/elsewhere").save("here")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)

    for platform in ("here", "nobody", "./here", "/srv/no such place", ""):
        assert located(Request(platform)) == Request(platform)
