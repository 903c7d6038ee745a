"""Serve the orders: rows in PostgreSQL, a counter in Redis, a message in RabbitMQ."""

import os

import uvicorn
from fastapi import FastAPI, HTTPException
from orders.neighbours import fetch
from orders.announcements import declare, publish
from orders.totals import total
from pydantic import BaseModel
from stores import Stores, debugging, health, open_stores

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id serial PRIMARY KEY, user_id integer NOT NULL, item_id integer NOT NULL,
    quantity integer NOT NULL, total_cents integer NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now()
)
"""


class NewOrder(BaseModel):
    """What a client sends to buy something."""

    user: int
    item: int
    quantity: int


def place(stores: Stores, order: NewOrder) -> dict[str, object]:
    """Store ``order`` at the catalogue's price, count it, and announce it."""
    user = fetch(f"{os.environ['USERS_URL']}/users/{order.user}")
    item = fetch(f"{os.environ['CATALOG_URL']}/catalog/items/{order.item}")
    if user is None or item is None:
        raise HTTPException(404, "The user or the item does not exist.")
    try:
        cents = total(item["price_cents"], order.quantity)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    row = stores.database.execute(
        "INSERT INTO orders (user_id, item_id, quantity, total_cents)"
        " VALUES (%s, %s, %s, %s) RETURNING id",
        (order.user, order.item, order.quantity, cents),
    ).fetchone()
    placed = {"id": row[0], "buyer": user["name"], "item": item["name"], "total_cents": cents}
    stores.cache.incr("orders:placed")
    publish(placed)
    return placed


def create_app(stores: Stores) -> FastAPI:
    """The service over stores that are open."""
    app = FastAPI(title="orders", debug=debugging())
    app.include_router(health(stores))

    @app.post("/orders", status_code=201)
    def buy(order: NewOrder) -> dict[str, object]:
        return place(stores, order)

    @app.get("/orders/count")
    def count() -> dict[str, int]:
        row = stores.database.execute("SELECT count(*) FROM orders").fetchone()
        return {"stored": row[0], "counted": int(stores.cache.get("orders:placed") or 0)}

    return app


def main() -> None:
    """Open the stores, declare the queue, then serve on port 8000."""
    stores = open_stores(SCHEMA)
    declare()
    uvicorn.run(create_app(stores), host="0.0.0.0", port=8000)


if __name__ == "__main__":
    main()
