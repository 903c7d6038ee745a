"""Requirements on command lines: options by name, values by features only."""

import pytest

from tests.tasks.domain.platform.compose.projects import container_of


def names_of(command: str) -> list[tuple[str, str]]:
    box = container_of(f"services: {{a: {{image: x, command: {command}}}, db: {{image: y}}}}")
    return [(v.name, v.features.refers_to) for v in box.arguments]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            "[run, --host=db, --port, '80']",
            [("", ""), ("--host", "db"), ("--port", ""), ("--port", "")],
        ),
        ("'run --host db:1'", [("", ""), ("--host", ""), ("--host", "db")]),
        ("['-psecret', '-v']", [("-p", ""), ("-v", "")]),
        ("['-Xmx200m']", [("-Xmx", "")]),
        ("['-cp=http://db:1']", [("-cp", "db")]),
        ("'open \"quote'", [("", ""), ("", "")]),
    ],
)
def test_an_option_keeps_its_name(command: str, expected: list[tuple[str, str]]) -> None:
    assert names_of(command) == expected


def test_a_memory_option_keeps_its_unit() -> None:
    box = container_of("services: {a: {image: x, command: ['-Xmx200m']}}")

    assert box.arguments[0].features.unit == "m"


def test_a_password_from_a_variable_is_not_literal() -> None:
    box = container_of("services: {a: {image: x, command: 'run http://u:${P:-x}@h:1/'}}")

    assert [v.features.credentials for v in box.arguments] == [False, False]
    assert box.arguments[1].features.interpolated
