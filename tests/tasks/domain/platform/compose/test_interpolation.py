"""Requirements on variables in Compose files, by Docker Compose's own answers."""

import pytest

from tasks.domain.platform.compose.interpolation import (
    Environment,
    InterpolationError,
    interpolate,
)
from tasks.domain.platform.compose.tree import ComposeError, Leaf, child
from tests.tasks.domain.platform.compose.test_tree import tree_of

VALUES = {"SET": "v", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$SET ${SET}", "v v"),
        ("${EMPTY:-d} ${EMPTY-d}", "d "),
        ("${NO:-d} ${NO-d}", "d d"),
        ("${SET:+a} ${EMPTY:+a} ${EMPTY+a} ${NO+a}", "a  a "),
        ("${NO:-${SET}x${NO:-y}}z", "vxyz"),
        ("${SET:?m} ${EMPTY?m}", "v "),
        ("$$SET $$$$", "$SET $$"),
        ("a$ $5 ^/x$", "a$ $5 ^/x$"),
        ("c${NO:-{x}}d", "c{x}d"),
        ("", ""),
    ],
)
def test_a_variable_is_filled_in_as_docker_compose_does(text: str, filled: str) -> None:
    assert Environment(VALUES).fill(text) == filled


@pytest.mark.parametrize("text", ["${SET", "${5}", "${}", "${SET!x}", "${NO:?m}", "${EMPTY:?m}"])
def test_an_invalid_or_required_variable_is_refused(text: str) -> None:
    with pytest.raises(InterpolationError):
        Environment(VALUES).fill(text)


def test_the_message_of_a_required_variable_names_it_and_no_value() -> None:
    with pytest.raises(InterpolationError, match=r"required variable NO is missing a value$"):
        Environment(VALUES).fill("${NO:?s3cret}")


def test_unset_variables_are_remembered_once_with_their_first_place() -> None:
    environment = Environment({})

    interpolate(tree_of("a: $X\nb: ${X}${Y:-d}\n"), environment, [])

    assert {name: place and place.line for name, place in environment.unset.items()} == {"X": 1}


def test_a_text_that_cannot_be_filled_in_is_named_and_stays() -> None:
    problems: list[ComposeError] = []

    tree = interpolate(tree_of("services: {a: {image: '${X'}}"), Environment({}), problems)

    assert [p.message for p in problems] == [
        "error while interpolating services.a.image: has an interpolation that is not closed"
    ]
    assert isinstance(child(tree, "services", "a", "image"), Leaf)


def test_texts_that_would_grow_without_bound_are_refused() -> None:
    with pytest.raises(InterpolationError, match="grows"):
        Environment({"X": "x" * 100_000}).fill("$X" * 1000)
    with pytest.raises(InterpolationError, match="nested"):
        Environment({}).fill("${A:-" * 500 + "}" * 500)
