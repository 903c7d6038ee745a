"""An edit changes what it says, and no other byte."""

from __future__ import annotations

import pytest
import yaml

from tests.accuracy.mutations.yamltext import Edits, Unfit, documents, get, plain

TEXT = """\
# head
services:
  web: # the door
    image: "a:1"
    ports:
      - 80:80  # open
    environment: {A: b}
  db:
    image: b
"""


def _edited(act: str, *rest: object) -> str:
    (document,) = documents(TEXT)
    edits = Edits(TEXT)
    getattr(edits, act)(get(document, "services", "web"), *rest)
    return edits.applied()


@pytest.mark.parametrize(
    ("act", "rest", "expected"),
    [
        ("put", (True, "privileged"), {"privileged": True}),
        ("put", ("c", "image"), {"image": "c"}),
        ("put", ("x", "environment", "B"), {"environment": {"A": "b", "B": "x"}}),
        ("put", (1, "deploy", "replicas"), {"deploy": {"replicas": 1}}),
        ("add", (["90:90"], "ports"), {"ports": ["90:90", "80:80"]}),
        ("add", (["x", "y"], "volumes"), {"volumes": ["x", "y"]}),
        ("drop", ("ports",), {"ports": None}),
        ("drop", ("environment",), {"environment": None}),
    ],
)
def test_an_edit_changes_one_thing(
    act: str, rest: tuple[object, ...], expected: dict[str, object]
) -> None:
    written = _edited(act, *rest)
    before, after = yaml.safe_load(TEXT), yaml.safe_load(written)
    web = {**before["services"].pop("web"), **expected}

    assert {k: v for k, v in web.items() if v is not None} == after["services"].pop("web")
    assert before == after
    assert written.startswith("# head\nservices:\n  web: # the door\n")


def test_what_others_point_at_is_no_place_for_an_edit() -> None:
    text = "a: &x {b: 1}\nc: *x\n"
    (document,) = documents(text)

    with pytest.raises(Unfit):
        Edits(text).put(document, 1, "a")
    with pytest.raises(Unfit):
        Edits(text).drop(document, "a")


def test_a_node_says_what_a_loader_says() -> None:
    (document,) = documents("a: [b, {c: d}]\n")

    assert plain(document) == {"a": ["b", {"c": "d"}]}
    assert plain(get(document, "a", "b")) is None
