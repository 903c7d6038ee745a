"""Requirements on the syntaxes of ports."""

from typing import TYPE_CHECKING

import pytest

from tasks.domain.platform.compose.ports import (
    Published,
    invalid_ports,
    parse_short,
    published,
    within,
)
from tasks.domain.platform.compose.tree import Table, rows
from tests.tasks.domain.platform.compose.test_tree import tree_of

if TYPE_CHECKING:
    from tasks.domain.platform.nodes import Place


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("80", [Published(80, -1)]),
        ("8080:80", [Published(80, 8080)]),
        ("127.0.0.1:8080:80/udp", [Published(80, 8080, "127.0.0.1", "udp")]),
        ("127.0.0.1::80", [Published(80, -1, "127.0.0.1")]),
        ("[::1]:6000:6001", [Published(6001, 6000, "::1")]),
        ("9000-9001:80-81", [Published(80, 9000), Published(81, 9001)]),
        ("5000-5003:5000", [Published(5000, -1)]),
    ],
)
def test_the_short_syntax_gives_every_port(spec: str, expected: list[Published]) -> None:
    assert list(parse_short(spec)) == expected


@pytest.mark.parametrize("spec", ["x", "1:x", "70000", "1-2:1-3", "9-8", "-1", ""])
def test_what_is_no_port_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match=r"port|range"):
        parse_short(spec)


def test_the_long_syntax_says_the_same() -> None:
    row = tree_of("[{target: 80, published: '8085', host_ip: 1.2.3.4, name: web}, {target: 81}]")

    assert [list(found or ()) for _, _, found in published(row)] == [
        [Published(80, 8085, "1.2.3.4", "tcp", "web")],
        [Published(81, -1)],
    ]


def test_of_more_ports_than_a_host_has_the_rest_is_left_out_and_named() -> None:
    crowd = tree_of(
        "{a: {ports: ['1-65000:1-65000', '65100']}, b: {ports: ['1-1000'], expose: ['1-10', x]}}"
    )
    assert isinstance(crowd, Table)
    places: list[Place] = []

    kept = within({k: v for k, v in crowd.items.items() if isinstance(v, Table)}, places.append)

    ports = {
        name: [len(f or ()) for *_, f in published(s.items["ports"])] for name, s in kept.items()
    }
    assert ports == {"a": [65000, 1], "b": []}
    assert len(rows(kept["b"].items["expose"])) == 2
    assert len(places) == 1


def test_an_invalid_port_is_named_by_its_index() -> None:
    problems = list(invalid_ports("web", tree_of("['80', 'x:y', {published: 1}]")))

    assert [p.message for p in problems] == [
        "services.web.ports[1] is no valid port",
        "services.web.ports[2] is no valid port",
    ]
