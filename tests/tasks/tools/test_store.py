from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from tasks.tools import store as stores
from tasks.tools.store import Store, code, users_store

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = "a" * 64, "b" * 64


def test_what_was_put_is_given_back_to_the_next_process(tmp_path: Path) -> None:
    Store(tmp_path / "s").put(KEY, {"n": [1, "\u4e2d"]})

    assert Store(tmp_path / "s").get(KEY) == {"n": [1, "\u4e2d"]}
    assert Store(tmp_path / "s").get(OTHER) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[-64:],
        lambda data: data.replace(b"1", b"2"),
        lambda data: data[:-64] + b"0" * 64,
        lambda data: os.urandom(200),
    ],
    ids=["empty", "cut", "seal alone", "changed", "other seal", "noise"],
)
def test_a_damaged_file_is_never_served(tmp_path: Path, damage: object) -> None:
    store = Store(tmp_path)
    store.put(KEY, {"n": 1})
    data = (tmp_path / KEY).read_bytes()
    assert callable(damage)
    (tmp_path / KEY).write_bytes(damage(data))

    assert store.get(KEY) is None

    store.put(KEY, {"n": 1})
    assert store.get(KEY) == {"n": 1}


def test_a_file_under_another_name_is_never_served(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, {"n": 1})
    (tmp_path / KEY).rename(tmp_path / OTHER)

    assert store.get(OTHER) is None


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    store.put(KEY, {"n": 1})
    (tmp_path / "s" / KEY).rename(tmp_path / "elsewhere")
    (tmp_path / "s" / KEY).symlink_to(tmp_path / "elsewhere")

    assert store.get(KEY) is None


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    Store(tmp_path / "deep/s").put(KEY, 1)

    assert (tmp_path / "deep/s").stat().st_mode & 0o077 == 0
    assert (tmp_path / "deep/s" / KEY).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", ["a file", "below a file", "a link"])
def test_without_a_folder_of_our_own_nothing_is_kept_and_nothing_fails(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    folder = {"a file": "file", "below a file": "file/s", "a link": "link"}[place]
    store = Store(tmp_path / folder)

    store.put(KEY, 1)

    assert store.get(KEY) is None
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    assert not list((tmp_path / "target").iterdir())


def test_what_was_not_asked_for_the_longest_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    keys = [f"{n:064}" for n in range(4)]
    hour_ago = time.time() - 3600
    for age, key in enumerate(keys[:3]):
        store.put(key, "x" * 100)
        os.utime(tmp_path / key, (hour_ago + age, hour_ago + age))
    assert store.get(keys[0]) is not None  # asked for: now the youngest
    monkeypatch.setattr(stores, "MOST", 2.5 * (tmp_path / keys[0]).stat().st_size)

    store.put(keys[3], "x" * 100)

    assert {each.name for each in tmp_path.iterdir()} == {keys[0], keys[3]}


def test_what_nobody_asked_for_in_a_month_goes_however_much_room_there_is(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keys = [f"{n:064}" for n in range(3)]
    for key, days in zip(keys, (31, 29), strict=False):
        store.put(key, 1)
        then = time.time() - days * 86_400
        os.utime(tmp_path / key, (then, then))
    (tmp_path / f".{keys[2]}.torn").write_bytes(b"half of a former write")
    os.utime(tmp_path / f".{keys[2]}.torn", (0, 0))

    store.put(keys[2], 1)

    assert {each.name for each in tmp_path.iterdir()} == {keys[1], keys[2]}


def test_the_user_can_move_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMI_CACHE", str(tmp_path / "here"))
    users_store().put(KEY, 1)
    monkeypatch.delenv("CMI_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    users_store().put(KEY, 1)

    assert (tmp_path / "here" / KEY).exists()
    assert (tmp_path / "caches/cmi" / KEY).exists()


def test_the_digest_of_our_code_is_the_same_twice() -> None:
    first = code()
    code.cache_clear()

    assert code() == first
