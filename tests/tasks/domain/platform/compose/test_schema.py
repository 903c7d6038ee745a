"""Requirements on which fields a service may have."""

import pytest

from tests.tasks.domain.platform.compose.projects import errors_of


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("net: host", "additional properties 'net' not allowed in services.a"),
        ("user: 0", "services.a.user must be a string"),
        ("ports: '80'", "services.a.ports must be a array"),
        ("deploy: x", "services.a.deploy must be a mapping"),
    ],
)
def test_an_unknown_field_or_a_wrong_type_is_refused(field: str, message: str) -> None:
    assert errors_of(f"services: {{a: {{image: x, {field}}}}}") == [message]


@pytest.mark.parametrize("field", ["x-mine: [1]", "user: null", "deploy: null", "init: true"])
def test_extensions_and_nulls_are_welcome(field: str) -> None:
    assert errors_of(f"services: {{a: {{image: x, {field}}}}}") == []
