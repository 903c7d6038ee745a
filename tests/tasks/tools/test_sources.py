import os
import pickle
from pathlib import Path

import pytest

from tasks.domain.exits import Exit
from tasks.domain.platform.documents import MAX_BYTES
from tasks.tools import sources
from tasks.tools.sources import SourceError, read_source

SECRET = b"outside: secret\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "platform"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_bytes(SECRET)
    return folder


def reasons(root: Path) -> dict[str, str]:
    return {each.file: each.reason for each in read_source([root]).unread}


def test_a_folder_gives_its_files_by_relative_path(root: Path) -> None:
    (root / "a/b").mkdir(parents=True)
    (root / "a/b/web.yaml").write_bytes(b"one\r\n")
    (root / "compose.yaml").write_bytes(b"two")

    source = read_source([root])

    assert dict(source.files) == {"a/b/web.yaml": b"one\r\n", "compose.yaml": b"two"}
    assert (source.asked, source.unread, source.name) == ((), (), str(root))


def test_one_file_is_asked_for_in_its_own_folder(root: Path) -> None:
    (root / "compose.yaml").write_bytes(b"two")
    (root / ".env").write_bytes(b"A=1")

    source = read_source([root / "compose.yaml"])

    assert source.asked == ("compose.yaml",)
    assert source.files[".env"] == b"A=1"


def test_several_files_keep_their_order_within_their_common_folder(root: Path) -> None:
    for name in ("b/base.yaml", "a/more.yaml"):
        (root / name).parent.mkdir()
        (root / name).touch()

    source = read_source([root / "b/base.yaml", root / "a/more.yaml"])

    assert source.asked == ("b/base.yaml", "a/more.yaml")


@pytest.mark.parametrize("name", [".git", "node_modules", ".venv", ".cmi"])
def test_folders_that_define_no_platform_are_not_walked(root: Path, name: str) -> None:
    (root / name / "deep").mkdir(parents=True)
    (root / name / "deep/x.yaml").touch()
    (root / "y.yaml").touch()

    assert list(read_source([root]).files) == ["y.yaml"]


def test_a_link_out_of_the_source_is_reported_and_never_read(root: Path) -> None:
    (root / "x.yaml").symlink_to(root.parent / "outside.yaml")
    (root / "folder").symlink_to(root.parent)

    source = read_source([root])

    assert {each.file for each in source.unread} == {"folder", "x.yaml"}
    assert all("leaves the source" in each.reason for each in source.unread)
    for path in ("x.yaml", "folder/outside.yaml", "../outside.yaml", str(root / "../outside.yaml")):
        assert source.files.get(path) is None
        assert path not in source.files


def test_a_file_replaced_by_a_link_after_the_walk_is_not_followed(root: Path) -> None:
    (root / "x.yaml").touch()
    source = read_source([root])
    (root / "x.yaml").unlink()
    (root / "x.yaml").symlink_to(root.parent / "outside.yaml")

    assert source.files.get("x.yaml") is None


def test_a_link_that_stays_inside_can_be_read_but_is_not_met_twice(root: Path) -> None:
    (root / "real.yaml").write_bytes(b"x")
    (root / "link.yaml").symlink_to("real.yaml")

    source = read_source([root])

    assert list(source.files) == ["real.yaml"]
    assert source.files["link.yaml"] == b"x"
    assert source.unread == ()


def test_loops_pipes_dangling_links_and_folders_named_like_files_are_named(root: Path) -> None:
    (root / "loop.yaml").symlink_to("loop.yaml")
    (root / "gone.env").symlink_to("nowhere")
    os.mkfifo(root / "pipe.yaml")
    (root / "compose.yaml").mkdir()
    (root / "compose.yaml/inside.yaml").touch()

    found = reasons(root)

    assert "itself" in found["loop.yaml"]
    assert "not there" in found["gone.env"]
    assert "pipe" in found["pipe.yaml"]
    assert "folder" in found["compose.yaml"]
    assert list(read_source([root]).files) == ["compose.yaml/inside.yaml"]


def test_an_oversized_file_is_named_and_not_read(root: Path) -> None:
    with (root / "big.yaml").open("wb") as big:
        big.truncate(MAX_BYTES + 1)

    assert f"{MAX_BYTES // 2**20} MiB" in reasons(root)["big.yaml"]
    assert read_source([root]).files.get("big.yaml") is None


def test_a_walk_ends_at_its_limit_and_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FOLDERS", 3)
    for number in range(9):
        (root / f"f{number}").mkdir()
        (root / f"f{number}/x.yaml").touch()

    source = read_source([root])

    assert len(source.files) == 2
    assert "not looked at" in source.unread[0].reason


def test_bytes_stay_those_of_the_first_reading(root: Path) -> None:
    (root / "x.yaml").write_bytes(b"before")
    source = read_source([root])

    assert source.files["x.yaml"] == b"before"
    (root / "x.yaml").write_bytes(b"after")
    assert source.files["x.yaml"] == b"before"


def test_a_source_travels_between_processes(root: Path) -> None:
    (root / "x.yaml").write_bytes(b"x")

    assert pickle.loads(pickle.dumps(read_source([root]))).files["x.yaml"] == b"x"  # noqa: S301  # our own bytes


def test_a_wrong_path_is_a_usage_error_with_a_remedy(root: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing-here .*Check the path") as caught:
        read_source([root / "nothing-here"])
    assert caught.value.exit is Exit.USAGE


def test_an_empty_folder_holds_no_platform(root: Path) -> None:
    with pytest.raises(SourceError, match="holds no file") as caught:
        read_source([root])
    assert caught.value.exit is Exit.NO_PLATFORM


def test_a_pipe_that_was_named_is_refused_without_waiting_for_it(root: Path) -> None:
    os.mkfifo(root / "compose.yaml")

    with pytest.raises(SourceError, match="pipe"):
        read_source([root / "compose.yaml"])
