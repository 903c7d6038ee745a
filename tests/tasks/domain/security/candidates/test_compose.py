from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tasks.domain.platform.compose.reader import read
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.nodes import Scalar
from tasks.domain.platform.sources import Source
from tasks.domain.security.candidates import compose
from tasks.domain.security.candidates.ground import Ground
from tasks.domain.written import walk

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]


def test_a_new_field_goes_to_the_file_that_names_the_image(attempt: Attempt) -> None:
    names = ("a.yaml", "b.yaml")
    first = "services:\n  web:\n    restart: always\n    read_only: true\n"
    second = "services:\n  web:\n    image: a:1\n    read_only: true\n"
    outcome = attempt("no-new-privileges", first, second, names=names)

    assert outcome.texts["a.yaml"] == first
    assert yaml.safe_load(outcome.texts["b.yaml"])["services"]["web"]["security_opt"]


def test_a_list_that_others_share_is_left_alone(attempt: Attempt) -> None:
    text = (
        "x-opt: &opt [label:disable]\nservices:\n  a:\n    image: a:1\n    security_opt: *opt\n"
        "  b:\n    image: b:1\n    privileged: true\n    security_opt: *opt\n"
    )
    outcome = attempt("no-new-privileges", text)

    assert outcome.candidates == ()
    assert "shared through an anchor" in outcome.reasons[0]


def test_each_part_of_a_file_without_aliases_has_one_owner() -> None:
    text = (
        b"services: {a: {image: x, tty: true}, b: {image: y}}\nvolumes: {data: {}}\nx-own: {c: d}\n"
    )
    source = Source("t", {"compose.yaml": text})
    platform = read(source, Entry("e", EntryKind.COMPOSE, ("compose.yaml",)))
    ground = Ground(platform, (), source)
    written = ground.written("compose.yaml")
    root = written.documents[0].root if written else None
    assert root is not None
    values = [node for node in walk(root, follow=False) if isinstance(node, Scalar)]

    def changeable(name: str, wanting: tuple[str, ...] = ()) -> list[str]:
        may_change = compose.changeable(ground, name, wanting)
        return sorted(node.text for node in values if may_change(node))

    assert changeable("a") == ["true", "x"]
    assert changeable("b") == ["y"]
    assert changeable("b", ("a",)) == ["true", "x", "y"]
