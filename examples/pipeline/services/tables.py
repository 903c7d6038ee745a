"""The database of readings, over one connection for each use."""

import os
import urllib.parse

import pymysql

SCHEMA = """
CREATE TABLE IF NOT EXISTS readings (
    id char(32) PRIMARY KEY, sensor varchar(64) NOT NULL, celsius double NOT NULL,
    place varchar(64) NOT NULL, alarm boolean NOT NULL,
    stored_at timestamp NOT NULL DEFAULT current_timestamp
)
"""
# The same event may come twice after a crash; it is stored once.
INSERT = """
INSERT IGNORE INTO readings (id, sensor, celsius, place, alarm) VALUES (%s, %s, %s, %s, %s)
"""


def connect() -> pymysql.Connection:
    """Open a connection to the database that the environment names."""
    url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    return pymysql.connect(
        host=url.hostname,
        port=url.port or 3306,
        user=url.username,
        password=urllib.parse.unquote(url.password or ""),
        database=url.path.lstrip("/"),
        autocommit=True,
    )


def row(event: dict[str, object]) -> tuple[object, ...]:
    """The columns of one enriched event."""
    return tuple(event[name] for name in ("id", "sensor", "celsius", "place", "alarm"))
