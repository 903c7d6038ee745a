"""Requirements on the short syntax of volumes."""

import pytest

from tasks.domain.platform.compose.volumes import is_bind, parse_short


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/x", ("", "/x", ())),
        ("data:/x", ("data", "/x", ())),
        ("./a:/x:ro,z", ("./a", "/x", ("ro", "z"))),
        ("/x:ro", ("", "/x", ("ro",))),
        ("v:/x", ("", "v:/x", ())),  # Docker Compose takes one letter for a drive, too
        (r"C:\data:/x:rw", (r"C:\data", "/x", ("rw",))),
    ],
)
def test_source_target_and_options_are_told_apart(
    text: str, expected: tuple[str, str, tuple[str, ...]]
) -> None:
    assert parse_short(text) == expected


@pytest.mark.parametrize("text", ["", "data:", ":", ":/x", "a::b", "data:/b:ro:c"])
def test_a_volume_with_an_empty_or_extra_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid spec"):
        parse_short(text)


def test_a_path_is_a_bind_and_a_name_is_not() -> None:
    assert [is_bind(s) for s in ("./a", "/a", "~/a", "C:\\a", "a", "")] == [True] * 4 + [False] * 2
