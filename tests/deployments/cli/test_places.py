"""The same platform gives the same answer, in whatever it comes."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tasks.domain.exits import Exit
from tests.commands import ROOT, cmi, no_traceback, one_document, one_sentence

SHOP = ROOT / "examples/shop"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the shop as an archive and as a bare repository."""
    folder = tmp_path_factory.mktemp("places")
    with tarfile.open(folder / "shop.tgz", "w:gz") as archive:
        archive.add(SHOP, "shop")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    aside = ("--git-dir=shop.git", f"--work-tree={SHOP}")
    for words in (
        ("init", "-q", "--bare", "shop.git"),
        (*aside, "add", "-A"),
        (*aside, "commit", "-qm", "shop"),
    ):
        command = [str(shutil.which("git")), *who, *words]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("place", ["shop.tgz", "shop.git", "git+file://{folder}/shop.git@HEAD"])
def test_findings_and_patches_are_those_of_the_folder(shop: Path, place: str) -> None:
    folder = one_document(cmi(SHOP, "check", ".", "--json"), "check", Exit.GATE)
    other = one_document(
        cmi(shop, "check", place.format(folder=shop), "--json"), "check", Exit.GATE
    )

    assert len(folder["findings"]) > 100
    for part in ("findings", "candidates", "unread", "entry"):
        assert other[part] == folder[part]


def test_settings_inside_count_where_there_is_no_folder(shop: Path) -> None:
    answer = cmi(shop, "check", "shop.tgz", "--json", "--fail-on", "none")

    waivers = json.loads(answer.stdout)["waivers"]
    there = json.loads(cmi(SHOP, "check", ".", "--json", "--fail-on", "none").stdout)["waivers"]
    assert waivers == there


def test_a_compose_file_is_checked_as_it_comes_by_standard_input(tmp_path: Path) -> None:
    answer = cmi(
        tmp_path, "check", "-", "--stdin-name", "web.yaml", "--json", "--fail-on", "high",
        stdin=(SHOP / "compose.yaml").open(),
    )  # fmt: skip

    document = json.loads(answer.stdout)
    assert document["source"] == "stdin:web.yaml"
    assert {each["where"]["file"] for each in document["findings"]} == {"web.yaml"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "git+https://me:CANARY@host/shop.git"), "holds a password or token"),
        (("check", "https://me:CANARY@host/shop.git"), "git+https://HOST/PATH"),
        (("check", "gone.tgz"), "cannot be opened"),
        (("check", ".", "--rev", "main"), "does not lie in a git repository"),
        (("check", "shop.git", "--rev", "gone"), "has no revision gone"),
        (("check", ".", "--stdin-name", "x"), "no - was given"),
        (("check", "shop.tgz", "--changed"), "Only files of a work tree"),
        (("run", "-"), "Add --foreground"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence_in_either_language(
    shop: Path, words: tuple[str, ...], says: str
) -> None:
    place = shop if "shop" in words[1] else shop.parent
    answer = cmi(place, *words, "--lang", "en", stdin=subprocess.DEVNULL)
    chinese = cmi(place, *words, "--lang", "zh", stdin=subprocess.DEVNULL)

    assert answer.returncode == Exit.USAGE
    one_sentence(answer, says)
    no_traceback(chinese)
    assert "CANARY" not in answer.stderr + answer.stdout + chinese.stderr
    assert any(ord(c) > 0x3000 for c in chinese.stderr)
