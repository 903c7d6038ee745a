import io
import tarfile
from pathlib import Path

import pytest

from tasks.tools import opening
from tasks.tools.opening import meant, open_source, paths_of
from tasks.tools.platforms import intake
from tasks.tools.sources import SourceError

COMPOSE = b"services:\n  web: {image: nginx}\n"


class Input:
    def __init__(self, data: bytes, *, terminal: bool = False) -> None:
        self.buffer = io.BytesIO(data)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture(autouse=True)
def nothing_came_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_CAME_IN", {})


def test_standard_input_is_read_once_and_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Input(COMPOSE))

    for _ in range(2):
        found = intake(["stdin:web.yaml"])
        assert found.source.name == found.source.place == "stdin:web.yaml"
        assert found.platform is not None
        assert found.platform.services[0].place.file == "web.yaml"


def test_manifests_come_in_by_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    pod = (
        b"apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"
        b"spec: {containers: [{name: c, image: 'a/b:1'}]}\n"
    )
    monkeypatch.setattr("sys.stdin", Input(pod + b"---\n" + pod.replace(b"x", b"y")))

    found = intake(["-"])

    assert found.platform is not None
    assert [each.name for each in found.platform.services] == ["x", "y"]


def test_a_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Input(b"", terminal=True))

    with pytest.raises(SourceError, match="Nothing comes in"):
        open_source(["-"])


def test_input_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_BYTES", 10)
    monkeypatch.setattr("sys.stdin", Input(b"a: " + b"b" * 20))

    with pytest.raises(SourceError, match="larger than"):
        open_source(["-"])


def test_only_files_and_folders_can_be_named_together(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="together"):
        open_source([tmp_path, "docker://shop"])


def test_what_is_no_folder_of_files_has_no_paths(tmp_path: Path) -> None:
    archive = tmp_path / "x.tgz"
    with tarfile.open(archive, "w:gz"):
        pass

    assert paths_of([tmp_path]) == (tmp_path,)
    assert paths_of([archive]) == paths_of(["docker://"]) == paths_of(["-"]) == ()


def test_an_archive_is_placed_where_it_lies(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        member = tarfile.TarInfo("compose.yaml")
        member.size = len(COMPOSE)
        archive.addfile(member, io.BytesIO(COMPOSE))

    source = open_source([tmp_path / "x.tar"])

    assert source.place == str(tmp_path / "x.tar")
    assert dict(source.files) == {"compose.yaml": COMPOSE}


def test_a_revision_of_something_elsewhere_belongs_into_its_address() -> None:
    with pytest.raises(SourceError, match="--rev names a revision"):
        meant("docker://shop", "main")
