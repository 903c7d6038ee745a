from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tasks.domain.security.checks.platforms import hits, platform, service, sited

if TYPE_CHECKING:
    from tasks.domain.platform.containers import Sited


@pytest.mark.parametrize("account", ["", "default"])
def test_the_default_accounts_token_is_a_finding_unless_it_is_kept_out(account: str) -> None:
    silent = service(kind="Deployment", service_account=account)
    kept_out = service(kind="Deployment", service_account=account, token_mounted=sited(value=False))

    assert hits("default-service-account-token", platform(silent))
    assert not hits("default-service-account-token", platform(kept_out))


def test_the_place_is_where_the_token_is_asked_for() -> None:
    asked: Sited[bool] = sited(value=True, path="spec.automountServiceAccountToken")

    (hit,) = hits("default-service-account-token", platform(service(token_mounted=asked)))

    assert hit.path == asked.path


def test_an_account_of_its_own_was_given_on_purpose() -> None:
    assert not hits("default-service-account-token", platform(service(service_account="web")))
