"""PostgreSQL as a place to keep databases: is it there, does it let us in, and make one."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tasks.tools.errors import PermanentToolError, TemporaryToolError

CONNECT_SECONDS = 10
READ_ONLY = "25006"  # what PostgreSQL calls a write on a standby
# Words of a server that shuts its door; what it says while it starts or stops is not among them.
_SHUT = re.compile(
    r"authentication failed|no password supplied|no pg_hba\.conf entry"
    r"|(role|database) .* does not exist|permission denied for database"
)


class RefusedError(PermanentToolError):
    """The server answers, and another attempt would get the same answer."""


def refusal(error: BaseException) -> RefusedError | None:
    """Say why ``error`` of the driver would come again; None when waiting may help."""
    if getattr(error, "sqlstate", "") == READ_ONLY:
        what = "The database takes no writes: it is a standby, or read-only."
        return RefusedError(
            what, "Point CMI_DATABASE_URL at the primary server; nothing was written."
        )
    if _SHUT.search(str(error)):
        what = f"The PostgreSQL server does not let us in: {_first_line(error)}."
        return RefusedError(what, "Correct user, password and database in CMI_DATABASE_URL.")
    return None


def _first_line(error: BaseException) -> str:
    """Keep what the server said first: the lines after it are advice of the driver's."""
    return " ".join(str(error).strip().partition("\n")[0].split()).rstrip(".")


def database_url(url: str, database: str, driver: str = "") -> str:
    """Return ``url`` with another database, and for SQLAlchemy another driver."""
    parts = urlsplit(url)
    scheme = "postgresql" + (f"+{driver}" if driver else "")
    query = parts.query
    if driver == "asyncpg":  # it calls the same choice by another name
        pairs = parse_qsl(query)
        query = urlencode([("ssl" if k == "sslmode" else k, v) for k, v in pairs], safe="/")
    # urlunsplit drops an empty host's slashes, which a socket's address needs.
    return f"{scheme}://{parts.netloc}/{database}" + urlunsplit(("", "", "", query, ""))


def ensure_database(url: str, name: str) -> bool:
    """Make the database ``name`` on the server at ``url``; return whether it is new.

    Raises:
        TemporaryToolError: the server does not answer.
        RefusedError: it does not let us in, or takes no writes.
        PermanentToolError: we may not create databases there.
    """
    import psycopg  # noqa: PLC0415  # a cleanup without an installation reads this module too
    from psycopg import sql  # noqa: PLC0415  # as above

    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [name])
            if found.fetchone():
                return False
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            return True
    except psycopg.errors.DuplicateDatabase:  # somebody was faster
        return False
    except psycopg.OperationalError as error:
        if refused := refusal(error):
            raise refused from error
        what = f"The PostgreSQL server does not answer: {_first_line(error)}."
        raise TemporaryToolError(
            what, "Check CMI_DATABASE_URL and that the server runs."
        ) from error
    except psycopg.Error as error:
        if refused := refusal(error):
            raise refused from error
        what = f"The database {name!r} cannot be created: {_first_line(error)}."
        remedy = "Create the databases `prefect` and `cmi_ledger` there, or allow CREATEDB."
        raise PermanentToolError(what, remedy) from error
