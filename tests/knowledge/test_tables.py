from __future__ import annotations

import re

from knowledge.tables import official_images, removed_apis


def test_each_removed_version_says_when_and_its_successor_is_another_version() -> None:
    table = removed_apis()

    assert len(table) > 30
    for (api_version, kind), row in table.items():
        assert (row.api_version, row.kind) == (api_version, kind)
        assert re.fullmatch(r"1\.\d\d", row.removed)
        assert row.successor != api_version


def test_no_successor_was_removed_itself() -> None:
    table = removed_apis()

    assert not [row for row in table.values() if (row.successor, row.kind) in table]


def test_official_images_are_bare_names() -> None:
    names = official_images()

    assert {"postgres", "nginx", "elasticsearch"} <= names
    assert all(re.fullmatch(r"[a-z0-9.-]+", name) for name in names)
