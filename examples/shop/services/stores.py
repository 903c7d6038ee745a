"""Open the stores that the shop's services share, once, when a service starts."""

import os
import sys
from dataclasses import dataclass

import psycopg
import redis
from fastapi import APIRouter, HTTPException

# uvicorn uses the same code when an application cannot start.
EXIT_NOT_STARTED = 3


@dataclass(frozen=True)
class Stores:
    """One database connection and one Redis client, held for the life of the process."""

    database: psycopg.Connection
    cache: redis.Redis

    def ready(self) -> bool:
        """Whether both stores answer now."""
        try:
            self.database.execute("SELECT 1")
            return bool(self.cache.ping())
        except (psycopg.Error, redis.RedisError):
            return False


def open_stores(schema: str) -> Stores:
    """Connect to PostgreSQL and Redis and make the tables of ``schema``.

    There is no second try: a store that does not answer ends the process with exit code 3.
    """
    try:
        database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        database.execute(schema)
        cache = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
        cache.ping()
    except (KeyError, psycopg.Error, redis.RedisError) as error:
        sys.stderr.write(f"Cannot open the stores: {error!r}\n")
        sys.exit(EXIT_NOT_STARTED)
    return Stores(database, cache)


def debugging() -> bool:
    """Whether tracebacks are sent to clients, as the environment asks."""
    return os.environ.get("DEBUG", "") not in {"", "0", "false"}


def health(stores: Stores) -> APIRouter:
    """The two addresses by which others learn how a service is."""
    router = APIRouter()

    @router.get("/health")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/ready")
    def ready() -> dict[str, str]:
        if not stores.ready():
            raise HTTPException(503, "A store does not answer.")
        return {"status": "ready"}

    return router
