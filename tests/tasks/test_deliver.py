from pathlib import Path

import pytest

from tasks.deliver import BundleFolder
from tests.bundles import bundle


def test_a_folder_is_found_only_when_it_holds_this_very_bundle(tmp_path: Path) -> None:
    folder = BundleFolder("run", tmp_path / "out", bundle())
    missing = folder.find()
    folder.apply()
    whole = folder.find()
    (tmp_path / "out/bundle.json").write_text("{}", encoding="utf-8")

    assert (missing, whole, folder.find()) == (False, True, False)


def test_publishing_again_changes_no_file(tmp_path: Path) -> None:
    folder = BundleFolder("run", tmp_path / "out", bundle())
    folder.apply()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    folder.apply()

    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_two_runs_publish_under_two_keys(tmp_path: Path) -> None:
    one, two = (BundleFolder(run, tmp_path, bundle()) for run in ("a", "b"))

    assert one.key != two.key
    with pytest.raises(AttributeError):
        one.kind = "other"  # type: ignore[misc]  # that it is frozen is the point
