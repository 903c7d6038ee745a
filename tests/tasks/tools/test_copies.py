import stat
from pathlib import Path

import pytest

from tasks.domain.platform.sources import Source
from tasks.tools import copies
from tasks.tools.copies import private_copy
from tasks.tools.errors import PermanentToolError
from tasks.tools.sources import read_source


def test_a_copy_is_ours_alone_and_goes_away() -> None:
    with private_copy(Source("s", {"a/b.yaml": b"x", "c": b"y"}), ["a/b.yaml"]) as root:
        assert (root / "a/b.yaml").read_bytes() == b"x"
        assert not (root / "c").exists()
        assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert not root.exists()


def test_a_link_becomes_a_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to("real")

    with private_copy(read_source([tmp_path]), ["link"]) as root:
        assert not (root / "link").is_symlink()


def test_what_is_too_large_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MAX_COPY", 3)
    source = Source("s", {"a": b"12", "b": b"34"})

    with pytest.raises(PermanentToolError, match="larger"), private_copy(source, ["a", "b"]):
        pass


def test_no_name_leads_out_of_the_copy() -> None:
    source = Source("s", {"../../x": b""})

    with pytest.raises(PermanentToolError, match="leaves"), private_copy(source, ["../../x"]):
        pass
