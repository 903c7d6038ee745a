"""Serve the catalogue: items in PostgreSQL, the list kept in Redis for a while."""

import json

import uvicorn
from catalog.items import FIRST_ITEMS, as_item, price
from fastapi import FastAPI, HTTPException
from stores import Stores, debugging, health, open_stores

SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    id serial PRIMARY KEY, name text UNIQUE NOT NULL,
    price_cents integer NOT NULL, stock integer NOT NULL
)
"""
COLUMNS = "id, name, price_cents, stock"
# Seconds that the list may be out of date.
LIST_LIFETIME = 30


def stock_up(stores: Stores) -> None:
    """Put the first items into an empty shop; running it again changes nothing."""
    with stores.database.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO items (name, price_cents, stock) VALUES (%s, %s, %s)"
            " ON CONFLICT (name) DO NOTHING",
            FIRST_ITEMS,
        )


def list_items(stores: Stores) -> list[dict[str, object]]:
    """All items, from Redis when it still knows them."""
    known = stores.cache.get("catalog:items")
    if known is not None:
        return json.loads(known)
    rows = stores.database.execute(f"SELECT {COLUMNS} FROM items ORDER BY id").fetchall()
    items = [as_item(row) for row in rows]
    stores.cache.set("catalog:items", json.dumps(items), ex=LIST_LIFETIME)
    return items


def create_app(stores: Stores) -> FastAPI:
    """The service over stores that are open."""
    app = FastAPI(title="catalog", debug=debugging())
    app.include_router(health(stores))

    @app.get("/catalog/items")
    def items() -> dict[str, object]:
        views = stores.cache.incr("catalog:views")
        return {"items": list_items(stores), "views": views}

    @app.get("/catalog/items/{item}")
    def one_item(item: int) -> dict[str, object]:
        row = stores.database.execute(
            f"SELECT {COLUMNS} FROM items WHERE id = %s", (item,)
        ).fetchone()
        if row is None:
            raise HTTPException(404, f"There is no item {item}.")
        return {**as_item(row), "price": price(row[2])}

    return app


def main() -> None:
    """Open the stores, then serve on port 8000."""
    stores = open_stores(SCHEMA)
    stock_up(stores)
    uvicorn.run(create_app(stores), host="0.0.0.0", port=8000)


if __name__ == "__main__":
    main()
