from __future__ import annotations

from typing import Any

import pytest

from tasks.domain.platform.containers import Features, LengthClass, Variable
from tests.tasks.domain.security.checks.platforms import PLACE, container, hits, of

ON = Features(LengthClass.SHORT, switched_on=True)
OFF = Features(LengthClass.SHORT, switched_on=False)
TEXT = Features(LengthClass.MEDIUM)


def _set(name: str, features: Features) -> Variable:
    return Variable(name, features, PLACE, f"services.web.environment.{name}")


def _found(check: str, *variables: Variable, **fields: Any) -> list[str]:
    return [h.facts["name"] for h in hits(check, of(container(environment=variables, **fields)))]


@pytest.mark.parametrize(
    ("name", "features", "found"),
    [
        ("DEBUG", ON, True),
        ("APP_DEBUG", ON, True),
        ("DEBUG", OFF, False),
        ("NO_DEBUG", ON, False),
        ("DEBUGGER_HOST", ON, False),
        ("NODE_ENV", Features(word="development"), True),
        ("NODE_ENV", Features(word="production"), False),
        ("OTHER_ENV", Features(word="development"), False),
    ],
)
def test_a_program_told_to_run_as_on_a_programmers_machine(
    name: str, features: Features, found: bool
) -> None:
    assert _found("debug-mode", _set(name, features)) == [name] * found


@pytest.mark.parametrize(
    ("name", "features", "found"),
    [
        ("MYSQL_ALLOW_EMPTY_PASSWORD", TEXT, True),  # set at all switches it on
        ("MYSQL_ALLOW_EMPTY_PASSWORD", OFF, False),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", Features(), False),
        ("POSTGRES_HOST_AUTH_METHOD", Features(word="trust"), True),
        ("POSTGRES_HOST_AUTH_METHOD", TEXT, False),
        ("xpack.security.enabled", OFF, True),
        ("xpack.security.enabled", ON, False),
    ],
)
def test_a_store_that_asks_nobody_for_a_password(
    name: str, features: Features, found: bool
) -> None:
    assert _found("authentication-off", _set(name, features)) == [name] * found


@pytest.mark.parametrize(
    ("password", "found"), [(TEXT, 0), (Features(interpolated=True), 0), (Features(), 1)]
)
def test_a_root_password_beside_the_switch_wins_over_it(password: Features, found: int) -> None:
    switch = _set("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", ON)

    assert (
        len(_found("authentication-off", switch, _set("MARIADB_ROOT_PASSWORD", password))) == found
    )


def test_an_option_is_on_by_being_there() -> None:
    bare, off = _set("--noauth", Features()), _set("--noauth", OFF)

    assert _found("authentication-off", arguments=(bare,)) == ["--noauth"]
    assert _found("authentication-off", arguments=(off,)) == []


@pytest.mark.parametrize(
    ("name", "features", "found"),
    [
        ("GIT_SSL_NO_VERIFY", ON, True),
        ("SHOP_TLS_SKIP_VERIFY", ON, True),
        ("SHOP_TLS_SKIP_VERIFY", OFF, False),
        ("NODE_TLS_REJECT_UNAUTHORIZED", OFF, True),
        ("NODE_TLS_REJECT_UNAUTHORIZED", ON, False),
    ],
)
def test_a_program_that_talks_to_whoever_answers(
    name: str, features: Features, found: bool
) -> None:
    assert _found("certificate-check-off", _set(name, features)) == [name] * found
