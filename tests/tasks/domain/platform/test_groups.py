from tasks.domain.platform.entries import Likeness, discover, find, variant_of
from tasks.domain.platform.sources import Source
from tasks.domain.platform.survey import survey


def deployment(*names: str) -> str:
    return "---\n".join(
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n" for name in names
    )


def source(files: dict[str, str], *asked: str) -> Source:
    return Source("s", {path: text.encode() for path, text in files.items()}, asked)


def listed(files: dict[str, str], *asked: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(e.kind.value, e.paths) for e in discover(source(files, *asked))]


def test_a_folder_of_manifests_is_one_entry() -> None:
    files = {"k8s/web.yaml": deployment("web"), "k8s/db.yaml": deployment("db")}

    assert listed(files) == [("kubernetes", ("k8s",))]


def test_files_that_start_the_same_things_are_never_added_up() -> None:
    files = {"k8s/v1.yaml": deployment("web", "db"), "k8s/v2.yaml": deployment("web", "db", "c")}

    found = find(source(files), survey(source(files)))

    assert [f.entry.paths for f in found] == [("k8s/v2.yaml",), ("k8s/v1.yaml",)]
    assert variant_of(found[1], found[:1]) == Likeness("k8s/v2.yaml", 2, 2)


def test_parts_in_folders_of_their_own_can_be_taken_together() -> None:
    files = {"k8s/web/web.yaml": deployment("web"), "k8s/db/db.yaml": deployment("db")}

    assert listed(files)[0] == ("kubernetes", ("k8s/db", "k8s/web"))


def test_variants_in_folders_of_their_own_are_not_taken_together() -> None:
    files = {"k8s/a/x.yaml": deployment("web", "db"), "k8s/b/x.yaml": deployment("web", "db")}

    assert listed(files) == [("kubernetes", ("k8s/a",)), ("kubernetes", ("k8s/b",))]
