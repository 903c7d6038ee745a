from urllib.parse import quote

import psycopg
import pytest

from tasks.tools.errors import TemporaryToolError
from tasks.tools.postgres import database_url, ensure_database

SOCKET = "postgresql://postgres@/postgres?host=" + quote("/some where/data")
REMOTE = "postgresql://u:p%40ss@db.example:5433/admin?sslmode=require"


@pytest.mark.parametrize(
    ("url", "driver", "expected"),
    [
        (SOCKET, "", "postgresql://postgres@/prefect?host=/some%20where/data"),
        (SOCKET, "asyncpg", "postgresql+asyncpg://postgres@/prefect?host=/some+where/data"),
        (REMOTE, "", "postgresql://u:p%40ss@db.example:5433/prefect?sslmode=require"),
        (REMOTE, "asyncpg", "postgresql+asyncpg://u:p%40ss@db.example:5433/prefect?ssl=require"),
    ],
)
def test_an_address_keeps_everything_but_the_database(url: str, driver: str, expected: str) -> None:
    assert database_url(url, "prefect", driver) == expected


def test_a_database_is_made_once(ledger_url: str) -> None:
    assert ensure_database(ledger_url, "made here")
    assert not ensure_database(ledger_url, "made here")
    with psycopg.connect(database_url(ledger_url, quote("made here"))) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_server_that_is_not_there_is_a_temporary_trouble() -> None:
    with pytest.raises(TemporaryToolError, match="does not answer"):
        ensure_database("postgresql://postgres@127.0.0.1:1/postgres", "x")
