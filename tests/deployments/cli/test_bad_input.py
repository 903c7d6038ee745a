"""What a user meets at the command line when what he gives is wrong: the real command."""

from __future__ import annotations

import json
import os
import resource
from pathlib import Path

import pytest

from tasks.domain.exits import Exit
from tests.commands import cmi, no_traceback, one_document

_GOOD = "services:\n  web:\n    image: nginx:1.27\n"
_BROKEN = "apiVersion: v1\nkind: Pod\n a: [\n"
_TEMPLATE = "{{ if .x }}\nkind: Pod\n{{ end }}\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with one folder for each kind of trouble."""
    for name, files in {
        "empty": {},
        "good": {"compose.yaml": _GOOD},
        "broken": {"compose.yaml": _GOOD, "pod.yaml": _BROKEN},
        "templates": {"templates/a.yaml": _TEMPLATE},
        "settings": {"compose.yaml": _GOOD, "cmi.yaml": "entry: \x00\n"},
        "hostile": {"compose.yaml": _GOOD, "cmi.yaml": "!!python/object/apply:os.system [x]\n"},
    }.items():
        (tmp_path / name).mkdir()
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(exist_ok=True)
            (tmp_path / name / path).write_text(text, encoding="utf-8")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/compose.yaml").write_text(_GOOD, encoding="utf-8")
    (tmp_path / "linked/cmi.yaml").symlink_to(tmp_path / "settings/cmi.yaml")
    return tmp_path


@pytest.mark.parametrize("verb", ["check", "intake"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["nowhere"], Exit.USAGE, id="wrong path"),
        pytest.param(["empty"], Exit.NO_PLATFORM, id="empty folder"),
        pytest.param(["templates"], Exit.NO_PLATFORM, id="only templates"),
        pytest.param(["broken"], Exit.INPUT_UNREAD, id="a broken file among good ones"),
        pytest.param(["good/compose.yaml"], Exit.DONE, id="a file"),
        pytest.param(["good", "--entry", "x"], Exit.USAGE, id="unknown entry"),
        pytest.param(["good", "--nope"], Exit.USAGE, id="unknown option"),
    ],
)
def test_every_ending_is_its_code_and_one_document(
    place: Path, verb: str, arguments: list[str], code: Exit
) -> None:
    answer = cmi(place, verb, *arguments, "--json")

    assert answer.returncode == code
    one_document(answer, verb, code)
    no_traceback(answer)


@pytest.mark.parametrize("folder", ["settings", "hostile", "linked"])
def test_settings_that_cannot_be_used_are_refused_with_a_remedy(place: Path, folder: str) -> None:
    answer = cmi(place, "check", folder, "--json")

    assert answer.returncode == Exit.USAGE
    one_document(answer, "check", Exit.USAGE)
    assert "cmi.yaml" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("verb", ["audit", "apply"])
def test_a_folder_that_is_no_bundle_is_named_with_the_remedy(place: Path, verb: str) -> None:
    answer = cmi(place, verb, "good", "--json")

    assert answer.returncode == Exit.USAGE
    assert json.loads(answer.stdout)["exit"]["code"] == Exit.USAGE
    assert answer.stderr == ("good holds no bundle.json. Name the folder that `cmi run` printed.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fial"], "`cmi --help`"),
        (["check", "--nope"], "`cmi check --help`"),
        (["checks", "nope"], "`cmi checks`"),
        (["check", "good", "--patch", "nope"], "nope"),
    ],
)
def test_a_slip_of_usage_is_one_line(place: Path, arguments: list[str], said: str) -> None:
    answer = cmi(place, *arguments)

    assert answer.returncode == Exit.USAGE
    assert said in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["check", "good"], ["check", "good", "--json"]])
def test_a_full_disk_behind_standard_output_is_one_sentence(
    place: Path, arguments: list[str]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        answer = cmi(place, *arguments, stdout=full)

    assert answer.returncode == Exit.USAGE
    assert "cannot be written: No space left on device." in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_no_room_for_a_file_leaves_the_old_one_whole(place: Path) -> None:
    (place / "found.sarif").write_text("old", encoding="utf-8")

    answer = cmi(place, "check", "good", "--sarif", "found.sarif", preexec_fn=_no_room)

    assert answer.returncode == Exit.USAGE
    assert "found.sarif cannot be written" in answer.stderr
    assert (place / "found.sarif").read_text(encoding="utf-8") == "old"
    assert not list(place.glob(".found.sarif*"))


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_stream_is_no_fault(place: Path, closed: int) -> None:
    answer = cmi(place, "check", "good", preexec_fn=lambda: os.close(closed))

    assert answer.returncode == Exit.DONE
    no_traceback(answer)


def test_a_reader_that_goes_away_is_no_fault(place: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    answer = cmi(place, "check", "good", "--json", stdout=writing)
    os.close(writing)

    assert answer.returncode == Exit.DONE
    assert answer.stderr == ""


def test_nothing_on_the_search_path_is_needed_to_check(place: Path) -> None:
    assert cmi(place, "check", "good", PATH="").returncode == Exit.DONE


@pytest.mark.parametrize("verb", ["check", "intake"])
def test_a_terminal_without_unicode_gets_english(place: Path, verb: str) -> None:
    answer = cmi(place, verb, "good", "--lang", "zh", PYTHONIOENCODING="ascii")

    assert answer.returncode == Exit.DONE
    assert "?" not in answer.stdout


def _no_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
