import pytest

from tasks.tools import held
from tasks.tools.held import Collection

BAD = [
    ("../x.yaml", "leaves the source"),
    ("a/../../x.yaml", "leaves the source"),
    ("a\\..\\..\\x.yaml", "leaves the source"),
    ("/etc/x.yaml", "has an absolute path, not read"),
    ("C:\\x.yaml", "has an absolute path, not read"),
    ("a\0b.yaml", "has a name that is not text"),
    ("\udcff.yaml", "has a name that is not text"),
]


@pytest.mark.parametrize(("name", "reason"), BAD, ids=[repr(name) for name, _ in BAD])
def test_a_name_that_leads_out_is_refused_and_named(name: str, reason: str) -> None:
    collection = Collection()

    assert not collection.wants(name, 1)
    assert [each.reason for each in collection.unread] == [reason]


def test_links_are_resolved_among_the_files_alone() -> None:
    collection = Collection()
    for name in ("a/real.env", "b/x.yaml"):
        assert collection.wants(name, 3)
        collection.keep(name, name.encode())
    collection.link("a/.env", "real.env")
    collection.link("b/.env", "../a/.env")
    collection.link("b/out.yaml", "../../etc/passwd")
    collection.link("b/abs.yaml", "/etc/passwd")
    collection.link("b/none.yaml", "gone.yaml")
    collection.link("b/loop.yaml", "loop.yaml")
    files = collection.files()

    assert files["b/.env"] == files["a/.env"] == b"a/real.env"
    assert list(files) == ["a/real.env", "b/x.yaml"]
    assert {each.file for each in collection.unread} == {
        "b/abs.yaml", "b/loop.yaml", "b/none.yaml", "b/out.yaml",
    }  # fmt: skip


def test_a_folder_that_holds_everything_goes_unless_the_whole_is_wanted() -> None:
    for whole, name in ((False, "compose.yaml"), (True, "shop-1.2/compose.yaml")):
        collection = Collection()
        collection.wants("shop-1.2/compose.yaml", 1)
        collection.keep("shop-1.2/compose.yaml", b"x")
        assert list(collection.files(whole=whole)) == [name]


def test_what_is_no_definition_is_held_only_while_it_is_small() -> None:
    collection = Collection()

    assert collection.wants("docker/prod.image", held.SMALL)
    assert not collection.wants("model.bin", held.SMALL + 1)
    assert not collection.wants("node_modules/x/package.yaml", 1)
    assert collection.unread == []


def test_sums_are_bounded_and_the_first_that_did_not_fit_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held, "MAX_TOTAL", 10)
    monkeypatch.setattr(held, "MAX_FILES", 3)
    collection = Collection()

    assert collection.wants("a.yaml", 8)
    assert not collection.wants("b.yaml", 8)
    assert not collection.wants("c.yaml", 8)
    assert not collection.wants("d.yaml", 1)
    assert [each.file for each in collection.unread] == ["b.yaml", "c.yaml", "d.yaml"]
