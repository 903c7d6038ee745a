"""Requirements on putting one file over another."""

from __future__ import annotations

import pytest

from tasks.domain.platform.compose.merge import merge, unique
from tasks.domain.platform.compose.shape import shape_service
from tasks.domain.platform.compose.tree import ComposeError, Row, Table, Tree, child, clean, text
from tests.tasks.domain.platform.compose.test_tree import tree_of


def merged(base: str, over: str) -> Tree:
    whole = clean(merge(_model(base), _model(over)))
    service = child(whole, "services", "web")
    assert isinstance(service, Table)
    return unique(service)


def _model(service: str) -> Tree:
    tree = tree_of(f"services: {{web: {service}}}")
    web = child(tree, "services", "web")
    assert isinstance(web, Table)
    shaped = shape_service(web, ".", [])
    services = Table({"web": shaped}, {"web": shaped.place}, shaped.place)
    return Table({"services": services}, {"services": shaped.place}, shaped.place)


def _plain(tree: Tree | None) -> object:
    if isinstance(tree, Table):
        return {k: _plain(v) for k, v in tree.items.items()}
    return [_plain(v) for v in tree.items] if isinstance(tree, Row) else text(tree)


@pytest.mark.parametrize(
    ("base", "over", "expected"),
    [
        ("{image: a}", "{image: b}", {"image": "b"}),
        ("{command: [a, b]}", "{command: [c]}", {"command": ["c"]}),
        ("{dns_opt: [a, b]}", "{dns_opt: [b, c, c]}", {"dns_opt": ["a", "b", "c"]}),
        ("{security_opt: [a, b]}", "{security_opt: [b, c, c]}", {"security_opt": ["a", "b", "c"]}),
        (
            "{environment: [A=1, B=1]}",
            "{environment: {B: 2}}",
            {"environment": {"A": "1", "B": "2"}},
        ),
        ("{cap_add: [A]}", "{cap_add: [B, A]}", {"cap_add": ["A", "B"]}),
        ("{dns: a}", "{dns: [b]}", {"dns": ["a", "b"]}),
        ("{cap_add: [A]}", "{cap_add: !override [B]}", {"cap_add": ["B"]}),
        ("{cap_add: [A], user: x}", "{cap_add: !reset []}", {"user": "x"}),
        (
            "{logging: {driver: a, options: {x: 1}}}",
            "{logging: {driver: b}}",
            {"logging": {"driver": "b"}},
        ),
        (
            "{healthcheck: {test: [CMD, a], retries: 1}}",
            "{healthcheck: {test: [CMD, b]}}",
            {"healthcheck": {"test": ["CMD", "b"], "retries": "1"}},
        ),
    ],
)
def test_each_field_follows_its_rule(base: str, over: str, expected: object) -> None:
    assert _plain(merged(base, over)) == expected


def test_a_volume_is_replaced_by_one_with_its_target() -> None:
    found = _plain(
        child(merged("{volumes: ['aa:/x', 'bb:/y']}", "{volumes: ['cc:/x']}"), "volumes")
    )

    assert found == [
        {"type": "volume", "target": "/x", "source": "cc"},
        {"type": "volume", "target": "/y", "source": "bb"},
    ]


def test_a_list_cannot_override_a_mapping() -> None:
    with pytest.raises(ComposeError, match=r"cannot override services\.web\.deploy"):
        merged("{deploy: {replicas: 1}}", "{deploy: [1]}")
