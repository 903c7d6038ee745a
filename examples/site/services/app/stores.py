"""The site's stores: a primary for who writes, a replica for who reads, a cache before both."""

import os
from pathlib import Path

import psycopg
from pymemcache.client.base import Client


def database(variable: str) -> psycopg.Connection:
    """Open a connection to the database that an environment variable names."""
    password = Path(os.environ["PASSWORD_FILE"]).read_text("utf-8").strip()
    return psycopg.connect(os.environ[variable], password=password, autocommit=True)


def cache() -> Client:
    """A client of the cache; one that does not answer is passed by."""
    return Client(os.environ["CACHE_ADDRESS"], connect_timeout=1, timeout=1, ignore_exc=True)
