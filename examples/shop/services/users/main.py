"""Serve the users: names in PostgreSQL, open sessions in Redis."""

import os

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from stores import Stores, debugging, health, open_stores
from users.sessions import owner, sign

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (id serial PRIMARY KEY, name text UNIQUE NOT NULL)
"""
# Seconds after which an unused session ends.
SESSION_LIFETIME = 1800


class NewUser(BaseModel):
    """What a client sends to become a user."""

    name: str


def add_user(stores: Stores, name: str) -> int:
    """The number of the user called ``name``, who is made when new."""
    row = stores.database.execute(
        "INSERT INTO users (name) VALUES (%s)"
        " ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name RETURNING id",
        (name,),
    ).fetchone()
    return row[0]


def create_app(stores: Stores, secret: str) -> FastAPI:
    """The service over stores that are open; ``secret`` signs the sessions."""
    app = FastAPI(title="users", debug=debugging())
    app.include_router(health(stores))

    @app.post("/users", status_code=201)
    def register(user: NewUser) -> dict[str, object]:
        number = add_user(stores, user.name)
        token = sign(number, secret)
        stores.cache.set(f"session:{number}", token, ex=SESSION_LIFETIME)
        return {"id": number, "name": user.name, "token": token}

    @app.get("/users/{user}")
    def one_user(user: int) -> dict[str, object]:
        row = stores.database.execute(
            "SELECT id, name FROM users WHERE id = %s", (user,)
        ).fetchone()
        if row is None:
            raise HTTPException(404, f"There is no user {user}.")
        return {"id": row[0], "name": row[1]}

    @app.get("/users/session/{token}")
    def session(token: str) -> dict[str, int]:
        number = owner(token, secret)
        if number is None or stores.cache.get(f"session:{number}") != token:
            raise HTTPException(401, "This session is not open.")
        return {"user": number}

    return app


def main() -> None:
    """Open the stores, add the shop's first user, then serve on port 8000."""
    stores = open_stores(SCHEMA)
    add_user(stores, "guest")
    uvicorn.run(create_app(stores, os.environ["SESSION_SECRET"]), host="0.0.0.0", port=8000)


if __name__ == "__main__":
    main()
