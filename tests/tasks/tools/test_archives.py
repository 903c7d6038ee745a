import gzip
import io
import resource
import stat
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.domain.exits import Exit
from tasks.tools import archives
from tasks.tools.archives import is_archive, read_archive
from tasks.tools.sources import SourceError, read_source
from tests.commands import ROOT

SHOP = ROOT / "examples/shop"


def tar(path: Path, fill: Callable[[tarfile.TarFile], None]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        fill(archive)
    return path


def add(archive: tarfile.TarFile, name: str, data: bytes = b"", **how: object) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    for key, value in how.items():
        setattr(member, key, value)
    archive.addfile(member, io.BytesIO(data))


def make(path: Path) -> Path:
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(SHOP.rglob("*")):
                archive.write(file, f"shop-1.0/{file.relative_to(SHOP)}")
    else:
        tar(path, lambda archive: archive.add(SHOP, "shop-1.0"))
    return path


@pytest.mark.parametrize("name", ["s.tar", "s.tar.gz", "s.tgz", "s.zip"])
def test_an_archive_gives_what_its_folder_gives(tmp_path: Path, name: str) -> None:
    path = make(tmp_path / name)
    folder = read_source([SHOP])

    source = read_archive(path)

    assert is_archive(path)
    assert dict(source.files) == {name: folder.files[name] for name in folder.files}
    assert source.digest(source.files) == folder.digest(folder.files)
    assert source.unread == ()


def test_members_that_lead_out_or_are_no_files_are_refused_by_name_and_the_rest_is_read(
    tmp_path: Path,
) -> None:
    def fill(archive: tarfile.TarFile) -> None:
        add(archive, "../up.yaml", b"a: 1")
        add(archive, "/etc/abs.yaml", b"a: 1")
        add(archive, "k8s/dev.yaml", type=tarfile.CHRTYPE)
        add(archive, "k8s/pipe.yaml", type=tarfile.FIFOTYPE)
        add(archive, "k8s/out.yaml", type=tarfile.SYMTYPE, linkname="../../etc/passwd")
        add(archive, "k8s/hard.yaml", type=tarfile.LNKTYPE, linkname="../up.yaml")
        add(archive, "k8s/good.yaml", b"a: 2")

    source = read_archive(tar(tmp_path / "x.tar.gz", fill))

    assert dict(source.files) == {"good.yaml": b"a: 2"}
    assert sorted(each.file for each in source.unread) == [
        "../up.yaml", "/etc/abs.yaml", "dev.yaml", "hard.yaml", "out.yaml", "pipe.yaml",
    ]  # fmt: skip
    assert not (tmp_path.parent / "up.yaml").exists()


def test_a_zip_has_the_same_rules(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../up.yaml", "a: 1")
        archive.writestr("/abs.yaml", "a: 1")
        for name, mode in (("k/link.yaml", stat.S_IFLNK), ("k/dev.yaml", stat.S_IFCHR)):
            info = zipfile.ZipInfo(name)
            info.external_attr = (mode | 0o644) << 16
            archive.writestr(info, "/etc/passwd")
        archive.writestr("k/good.yaml", "a: 2")

    source = read_archive(path)

    assert dict(source.files) == {"good.yaml": b"a: 2"}
    assert {each.file for each in source.unread} == {
        "../up.yaml", "/abs.yaml", "link.yaml", "dev.yaml",
    }  # fmt: skip


def bomb(path: Path) -> Path:
    """Write 256 MiB of nothing, packed 1000 to one."""
    zeros = bytes(1024 * 1024)
    if path.name.endswith(".zip"):
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("big.yaml", "w") as member,
        ):
            for _ in range(256):
                member.write(zeros)
        return path
    with gzip.open(path, "wb", compresslevel=9) as out:
        head = tarfile.TarInfo("big.yaml")
        head.size = 256 * len(zeros)
        out.write(head.tobuf())
        for _ in range(256):
            out.write(zeros)
    return path


@pytest.mark.parametrize("name", ["bomb.tar.gz", "bomb.zip"])
def test_a_bomb_is_refused_before_it_swells(tmp_path: Path, name: str) -> None:
    path = bomb(tmp_path / name)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    with pytest.raises(
        SourceError, match=f"{name} was not read, because it unpacks to more than 200 times"
    ) as caught:
        read_archive(path)

    assert caught.value.exit is Exit.INPUT_UNREAD
    assert time.monotonic() - began < 10
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100 * 1024  # kilobytes


@pytest.mark.parametrize("name", ["many.tar", "many.zip"])
def test_an_archive_of_too_many_members_is_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_FILES", 5)
    path = tmp_path / name
    if name.endswith("zip"):
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(7):
                archive.writestr(f"{number}.yaml", "a: 1")
    else:

        def fill(archive: tarfile.TarFile) -> None:
            for number in range(7):
                add(archive, f"{number}.yaml", b"a: 1")

        tar(path, fill)

    with pytest.raises(SourceError, match="holds more than 5 members"):
        read_archive(path)


@pytest.mark.parametrize("name", ["s.tar", "s.tar.gz", "s.zip"])
@pytest.mark.parametrize("data", [b"", b"PK\3\4rubbish", b"\x1f\x8b\x08rubbish", b"x" * 700])
def test_rubbish_is_called_broken(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)

    with pytest.raises(SourceError, match="broken or cut short"):
        read_archive(tmp_path / name)


@pytest.mark.parametrize("name", ["s.tar.gz", "s.zip"])
@pytest.mark.parametrize("kept", [0.3, 0.7, 0.95])
def test_an_archive_that_was_cut_short_is_never_half_read(
    tmp_path: Path, name: str, kept: float
) -> None:
    path = make(tmp_path / name)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])

    with pytest.raises(SourceError, match="broken or cut short"):
        read_archive(path)
