import pytest

from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes.fields import Field
from tasks.domain.platform.nodes import Place, target


def root(text: str) -> Field:
    node = parse("x.yaml", text)[0].root
    assert node is not None
    return Field(target(node), node.place, "Pod/x:")


def test_a_field_knows_its_path_and_place() -> None:
    found = root("spec:\n  containers:\n    - name: web\n").get("spec", "containers").items()[0]

    assert (found.path, found.place) == ("Pod/x:spec.containers[0]", Place("x.yaml", 3, 7))


def test_what_is_not_written_keeps_the_place_of_its_holder() -> None:
    missing = root("spec:\n  a: {b: 1}\n").get("spec", "a", "c", "d")

    assert not missing
    assert (missing.path, missing.place.line) == ("Pod/x:spec.a.c.d", 2)


# The words are those of the YAML 1.1 type repository, which sigs.k8s.io/yaml follows.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", True),
        ("on", True),
        ("y", True),
        ("NO", False),
        ("Off", False),
        ("n", False),
        ("true", True),
        ("'false'", False),
        ("'yes'", None),
        ("yEs", None),
        ("1", None),
        ("", None),
    ],
)
def test_words_of_yaml_1_1_are_booleans(text: str, expected: bool | None) -> None:
    assert root(f"a: {text}").get("a").boolean() is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", 3), ("'3'", 3), ("0x10", 16), ("010", 8), ("true", None), ("1.5", None), ("web", None)],
)
def test_whole_numbers_are_read_as_go_reads_them(text: str, expected: int | None) -> None:
    assert root(f"a: {text}").get("a").integer() == expected


def test_the_last_of_two_equal_keys_wins() -> None:
    assert root("a: 1\na: 2\n").get("a").integer() == 2


def test_merged_keys_give_way_to_own_ones_and_the_first_source_wins() -> None:
    text = "x: &x {a: 1, b: 1}\ny: &y {a: 2, c: 2}\nz:\n  <<: [*x, *y]\n  b: 3\n"

    found = {name: field.integer() for name, field in root(text).get("z").entries()}

    assert found == {"b": 3, "a": 1, "c": 2}


def test_null_and_collections_have_no_text() -> None:
    fields = root("a: null\nb: [1]\nc: ~\nd: '~'\n")

    assert [fields.get(name).text() for name in "abcd"] == ["", "", "", "~"]


def test_labels_are_texts_whatever_was_meant() -> None:
    assert root("a: x\nb: 'true'\nc: {d: 1}\n").texts() == {"a": "x", "b": "true", "c": ""}
    assert root("- a\n").texts() == {}
