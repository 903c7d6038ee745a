from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from blocks.ledger import LedgerAccess
from tasks import access
from tasks.tools.ledger import database
from tasks.tools.ledger.database import URL_VARIABLE, Ledger, LedgerMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOWHERE = "postgresql://nobody:hush@127.0.0.1:1/none"


@pytest.fixture(autouse=True)
def _untold(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    database.tell("")
    yield
    database.tell("")


def test_the_environment_goes_before_the_block(
    monkeypatch: pytest.MonkeyPatch, ledger_url: str
) -> None:
    monkeypatch.setenv(URL_VARIABLE, ledger_url)

    assert access.find_ledger().engine is Ledger(ledger_url).engine


def test_without_a_stack_the_block_says_where_the_ledger_is(prefect: Path, ledger_url: str) -> None:
    with pytest.raises(LedgerMissingError) as missing:
        access.find_ledger()
    LedgerAccess(url=SecretStr(ledger_url)).save(access.BLOCK)

    assert access.find_ledger().engine is Ledger(ledger_url).engine
    assert Ledger.here().engine is Ledger(ledger_url).engine  # steps ask here
    assert "Programme ledger" in str(missing.value)


def test_the_block_s_secret_is_shown_to_nobody() -> None:
    assert "hush" not in repr(LedgerAccess(url=SecretStr(NOWHERE)))
