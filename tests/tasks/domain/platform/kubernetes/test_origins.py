from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes.fields import Field
from tasks.domain.platform.kubernetes.origins import like, line_mover, moved, without
from tasks.domain.platform.nodes import Mapping, Place, Span

TEMPLATE = "{{ if .x }}\nkind: Pod\nspec:\n  {{- with .y }}\n  a: {{ . }}\n  {{- end }}\n  b: 1\n"
RENDERED = "\nkind: Pod\nspec:\n  a: 5\n  extra: 2\n  b: 1\n"


def root(text: str, file: str = "f") -> Mapping:
    node = parse(file, text)[0].root
    assert isinstance(node, Mapping)
    return node


def lines(node: Mapping) -> dict[str, Place]:
    field = Field(node, node.place, "")
    spec = field.get("spec").entries()
    return {"kind": field.get("kind").place} | {name: each.place for name, each in spec}


def test_lines_are_matched_with_those_of_the_template() -> None:
    found = moved(root(RENDERED), line_mover(RENDERED, TEMPLATE, "t.yaml"))

    assert isinstance(found, Mapping)
    assert {name: place.line for name, place in lines(found).items()} == {
        "kind": 2, "a": 5, "extra": 5, "b": 7,
    }  # fmt: skip
    assert {place.file for place in lines(found).values()} == {"t.yaml"}


def test_a_field_is_found_in_its_origin_by_path_and_list_items_by_name() -> None:
    origin = root("spec:\n  c:\n    - name: one\n      v: 1\n    - name: two\n      v: 2\n", "o")
    rendered = root("spec:\n  c:\n    - name: two\n      v: 9\n      new: 3\n")

    found = like(rendered, origin, Place("k", 1, 1))

    item = Field(found, found.place, "").get("spec", "c").items()[0]
    assert item.get("v").place == Place("o", 6, 10)
    assert item.get("new").place == Place("o", 5, 7)


def test_what_has_no_origin_takes_the_place_given() -> None:
    found = like(root("a: {b: 1}"), None, Place("k", 1, 1))

    assert Field(found, found.place, "").get("a", "b").place == Place("k", 1, 1)


def test_a_rendered_value_has_no_span_in_the_users_file() -> None:
    found = moved(root("a: 1"), lambda place: place)

    assert found.span == Span(0, 0)


def test_one_field_can_be_left_out() -> None:
    found = Field(without(root("a: {b: 1, c: 2}"), "a", "b"), Place("f", 1, 1), "")

    assert not found.get("a", "b")
    assert found.get("a", "c").integer() == 2
