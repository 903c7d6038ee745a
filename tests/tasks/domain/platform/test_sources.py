from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.sources import Source

SOURCE = Source("shop", {"a.yaml": b"x: 1\n", "b/c.yaml": b"y: 2\n"})


def test_a_file_is_read_as_text_without_its_mark() -> None:
    marked = Source("shop", {"a.yaml": b"\xef\xbb\xbfx: 1\r\n"})

    assert marked.text("a.yaml") == "x: 1\r\n"


@pytest.mark.parametrize("path", ["../a.yaml", "/a.yaml", "c.yaml", ""])
def test_what_is_not_in_the_source_is_refused_by_its_name(path: str) -> None:
    with pytest.raises(DocumentError, match="is not in the source") as refused:
        SOURCE.text(path)

    assert refused.value.file == path


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^logo\.yaml:"):
        Source("shop", {"logo.yaml": b"\xff\x00\xfe"}).text("logo.yaml")


def test_the_digest_is_of_the_set_of_files_in_any_order() -> None:
    assert SOURCE.digest(["b/c.yaml", "a.yaml", "a.yaml"]) == SOURCE.digest(SOURCE.files)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.yaml": b"x: 1\n"}, id="a file less"),
        pytest.param({"a.yaml": b"x: 1\n", "b/d.yaml": b"y: 2\n"}, id="another name"),
        pytest.param({"a.yaml": b"x: 1\n", "b/c.yaml": b"y: 3\n"}, id="other bytes"),
        pytest.param({"a.yaml": b"y: 2\n", "b/c.yaml": b"x: 1\n"}, id="bytes swapped"),
        pytest.param({"a.yaml": b"x: 1\n8:b/c.yaml5:y: 2\n"}, id="two files in one's clothes"),
    ],
)
def test_another_content_has_another_digest(files: dict[str, bytes]) -> None:
    assert Source("shop", files).digest(files) != SOURCE.digest(SOURCE.files)


def test_a_file_that_cannot_be_read_counts_with_its_name() -> None:
    lost = [*SOURCE.files, "dump.sql"]

    assert len({SOURCE.digest(lost), SOURCE.digest(SOURCE.files), SOURCE.digest(["dump.sql"])}) == 3


def test_the_name_of_the_source_is_no_content() -> None:
    moved = Source("elsewhere", SOURCE.files)

    assert moved.digest(moved.files) == SOURCE.digest(SOURCE.files)


def test_a_source_with_other_files_forgets_what_was_known_of_the_former() -> None:
    assert SOURCE.once(("count",), lambda: 1) == 1
    assert SOURCE.once(("count",), lambda: 2) == 1
    assert replace(SOURCE, files={"a.yaml": b"x: 3"}).once(("count",), lambda: 2) == 2


def test_showing_a_source_shows_no_byte_of_it() -> None:
    assert "hunter2" not in repr(Source("shop", {".env": b"PASSWORD=hunter2"}))
