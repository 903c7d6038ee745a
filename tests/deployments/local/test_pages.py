from pathlib import Path

import prefect
import pytest

from deployments.local import pages


def unpack(folder: Path) -> list[Path]:
    """Lay down the very first page of each interface, as the server unpacks it."""
    found = []
    for version, source in (
        ("v1", prefect.__ui_static_path__),
        ("v2", prefect.__ui_v2_static_path__),
    ):
        place = folder / version
        place.mkdir(parents=True)
        index = Path(str(source)) / "index.html"
        found.append(place / "index.html")
        found[-1].write_bytes(index.read_bytes())
    return found


def test_every_interface_gets_a_policy_before_anything_that_it_loads(tmp_path: Path) -> None:
    unpacked = unpack(tmp_path)

    pages.close(tmp_path)

    for index in unpacked:
        page = index.read_text(encoding="utf-8")
        policy = page.index('http-equiv="Content-Security-Policy"')
        assert policy < page.index("<link")
        assert policy < page.index("<script")


def test_the_policy_names_no_host_and_no_scheme_that_reaches_one() -> None:
    allowed = {word for directive in pages.POLICY.split(";") for word in directive.split()[1:]}

    assert allowed == {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}


def test_closing_again_changes_nothing(tmp_path: Path) -> None:
    unpacked = unpack(tmp_path)
    pages.close(tmp_path)
    once = [index.read_bytes() for index in unpacked]

    pages.close(tmp_path)

    assert [index.read_bytes() for index in unpacked] == once
    assert sorted(tmp_path.rglob("*.*")) == sorted(unpacked)


def test_what_an_earlier_version_closed_is_completed(tmp_path: Path) -> None:
    older, _ = unpack(tmp_path)
    pages.close(tmp_path)
    whole = older.read_text(encoding="utf-8")
    before, script, after = whole.partition("<script>")
    older.write_text(before + after.partition("</script>")[2], encoding="utf-8")

    pages.close(tmp_path)

    assert script
    assert older.read_text(encoding="utf-8") == whole


def test_pages_that_cannot_be_closed_are_no_success(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="No pages"):
        pages.close(tmp_path)

    (tmp_path / "v2").mkdir()
    (tmp_path / "v2/index.html").write_text("<html></html>")
    with pytest.raises(LookupError, match="no head"):
        pages.close(tmp_path)
