"""PostgreSQL as a place to keep databases: is it there, and make one."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tasks.tools.errors import PermanentToolError, TemporaryToolError

CONNECT_SECONDS = 10


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
        what = f"The PostgreSQL server does not answer: {str(error).strip()}."
        raise TemporaryToolError(
            what, "Check CMI_DATABASE_URL and that the server runs."
        ) from error
    except psycopg.Error as error:
        what = f"The database {name!r} cannot be created: {str(error).strip()}."
        remedy = "Create the databases `prefect` and `cmi_ledger` there, or allow CREATEDB."
        raise PermanentToolError(what, remedy) from error
