"""Requirements on short forms."""

from tasks.domain.platform.compose.shape import key_values, names, shape_service
from tasks.domain.platform.compose.tree import ComposeError, Table, child, text
from tests.tasks.domain.platform.compose.test_tree import tree_of


def test_a_list_of_pairs_becomes_a_mapping_with_places() -> None:
    found = key_values(tree_of("[A=1=2, B]"))

    assert isinstance(found, Table)
    assert text(found.items["A"]) == "1=2"
    assert getattr(found.items["B"], "value", "") is None
    assert found.keys["B"].column == 9


def test_a_list_of_names_becomes_a_mapping() -> None:
    found = names(tree_of("[a, b]"))

    assert isinstance(found, Table)
    assert list(found.items) == ["a", "b"]


def test_short_forms_say_what_long_forms_say() -> None:
    problems: list[ComposeError] = []
    service = tree_of("{build: ./x, depends_on: [b], env_file: e, extra_hosts: ['h:1.2.3.4']}")
    assert isinstance(service, Table)

    shaped = shape_service(service, "deploy", problems)

    assert problems == []
    assert text(child(shaped, "build", "context")) == "deploy/x"
    assert text(child(shaped, "depends_on", "b", "condition")) == "service_started"
    assert text(child(shaped, "extra_hosts", "h")) == "1.2.3.4"


def test_a_field_of_the_wrong_type_is_left_out_and_told() -> None:
    problems: list[ComposeError] = []
    service = tree_of("{environment: [[1]], image: x}")
    assert isinstance(service, Table)

    shaped = shape_service(service, ".", problems)

    assert list(shaped.items) == ["image"]
    assert [p.message for p in problems] == ["must be a string"]
