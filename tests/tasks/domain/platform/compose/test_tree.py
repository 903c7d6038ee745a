"""Requirements on the tree that Compose merges."""

import pytest

from tasks.domain.platform.compose.tree import ComposeError, Table, Tree, build, child, clean, text
from tasks.domain.platform.documents import parse


def tree_of(written: str) -> Tree:
    root = parse("c.yaml", written)[0].root
    assert root is not None
    problems: list[ComposeError] = []
    tree = build(root, problems)
    if problems:
        raise problems[0]
    return tree


def test_an_alias_keeps_the_place_of_the_text_that_it_stands_for() -> None:
    tree = tree_of("a: &one\n  image: x\nb: *one\n")

    image = child(tree, "b", "image")

    assert image is not None
    assert (image.place.line, image.place.column) == (2, 10)


def test_own_keys_win_over_merge_keys_and_the_first_of_several_wins() -> None:
    tree = tree_of("x: &x {a: 1, b: 1}\ny: &y {a: 2, b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\n")

    assert [text(child(tree, "z", name)) for name in "abc"] == ["3", "1", "2"]


def test_a_reset_key_lets_the_merge_key_through() -> None:
    tree = tree_of("x: &x {a: 1}\nz:\n  <<: *x\n  a: !reset null\n")

    found = child(tree, "z", "a")

    assert found is not None
    assert (text(found), found.mark) == ("1", "override")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("a: 1\na: 2\n", 'key "a" already defined at line 1'),
        ("1: a\n", "non-string key"),
        ("a: &a 1\nb: {<<: *a}\n", "map merge requires"),
    ],
)
def test_what_docker_compose_refuses_is_refused(written: str, message: str) -> None:
    with pytest.raises(ComposeError, match=message):
        tree_of(written)


def test_cleaning_drops_what_is_reset_and_every_mark() -> None:
    tree = clean(tree_of("a: !reset 1\nb: !override [1, !reset 2]\n"))

    assert isinstance(tree, Table)
    assert list(tree.items) == ["b"]
    assert tree.items["b"].mark == ""
    assert len(getattr(tree.items["b"], "items", ())) == 1
