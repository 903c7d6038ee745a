from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.platform.containers import Features, LengthClass, Variable
from tasks.domain.security.checks.secrets import names_secret
from tests.tasks.domain.security.checks.platforms import PLACE, container, hits, of

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform

_TEXT: dict[str, Any] = {"length": LengthClass.SHORT}


def _with(name: str, origin: str = "literal", **features: Any) -> Platform:
    variable = Variable(name, Features(**features), PLACE, f"environment.{name}", origin)
    return of(container(environment=(variable,)))


@pytest.mark.parametrize(
    "name",
    [
        "MYSQL_ROOT_PASSWORD",
        "POSTGRES_PASSWORD",
        "RABBITMQ_DEFAULT_PASS",
        "SESSION_SECRET",
        "githubToken",
        "AWS_SECRET_ACCESS_KEY",
        "api-key",
        "--db-password",
        "GF_SECURITY_ADMIN_PASSWORD",
        "OAUTH2_PASSWORD",
    ],
)
def test_a_literal_under_a_secrets_name_is_found(name: str) -> None:
    (hit,) = hits("literal-secret", _with(name, **_TEXT))

    assert hit.facts == {"case": "name", "name": name}


@pytest.mark.parametrize(
    "name",
    [
        "SECRETSTORE_HOST",
        "STAGEGATE_SECRETSTORESETUP_TOKENS_READYPORT",
        "EDGEX_ADD_KNOWN_SECRETS",
        "EDGEX_ADD_SECRETSTORE_TOKENS",
        "MESSAGEBUS_SECRETNAME",
        "EDGEX_CREDENTIAL_NAME",
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "TOKEN_FILE",
        "PASSWORD_MIN_LENGTH",
        "EDGEX_SERVICE_KEY",
        "PATH",
        "COMPASS",
        "KEYBOARD",
        "",
    ],
)
def test_a_name_that_only_mentions_secrets_is_none(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    "features",
    [
        pytest.param({}, id="empty"),
        pytest.param({**_TEXT, "interpolated": True}, id="from elsewhere"),
        pytest.param({**_TEXT, "refers_to": "vault"}, id="a service"),
        pytest.param({**_TEXT, "path_like": True}, id="a file"),
        pytest.param({**_TEXT, "boolean": True}, id="a switch"),
        pytest.param({**_TEXT, "unit": "s"}, id="a quantity"),
    ],
)
def test_a_secrets_name_alone_is_not_enough(features: dict[str, Any]) -> None:
    assert not hits("literal-secret", _with("DB_PASSWORD", **features))


def test_a_reference_to_a_secret_store_is_no_finding() -> None:
    assert not hits("literal-secret", _with("DB_PASSWORD", origin="secret", **_TEXT))


def test_a_url_with_a_password_is_found_whatever_its_name() -> None:
    (hit,) = hits("literal-secret", _with("DSN", credentials=True, **_TEXT))

    assert hit.facts["case"] == "url"
