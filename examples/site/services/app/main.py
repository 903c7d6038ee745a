"""Serve articles: from the cache, else from the replica; comments go to the primary."""

from app.pages import article, footed, overview
from app.stores import cache, database
from flask import Flask, abort, request

# Seconds that a page may be out of date, unless somebody comments.
LIFETIME = 300
# Seconds after a comment in which the replica may not know it yet: no page is kept then.
LAG = 2


def shown(slug: str) -> str | None:
    """The page of an article, from the cache when it still knows it."""
    store = cache()
    known = store.get(f"page:{slug}")
    if known is not None:
        return footed(known.decode(), cached=True)
    page = written(slug)
    if page is None:
        return None
    if store.get(f"lag:{slug}") is None:
        store.set(f"page:{slug}", page.encode(), expire=LIFETIME)
    return footed(page, cached=False)


def written(slug: str) -> str | None:
    """The page of an article as the replica knows it."""
    with database("READ_URL") as connection:
        found = connection.execute(
            "SELECT title, text FROM articles WHERE slug = %s", (slug,)
        ).fetchone()
        if found is None:
            return None
        comments = connection.execute(
            "SELECT text FROM comments WHERE slug = %s ORDER BY id", (slug,)
        ).fetchall()
    return article(*found, (text for (text,) in comments))


def kept(slug: str, comment: str) -> bool:
    """Whether the primary has the comment now; not when there is no such article."""
    with database("WRITE_URL") as connection:
        done = connection.execute(
            "INSERT INTO comments (slug, text) SELECT slug, %s FROM articles WHERE slug = %s",
            (comment, slug),
        )
    return bool(done.rowcount)


def create_app() -> Flask:
    """The application; it connects when it is asked, not before."""
    app = Flask("site")

    @app.get("/")
    def first() -> str:
        with database("READ_URL") as connection:
            rows = connection.execute("SELECT slug, title FROM articles ORDER BY slug").fetchall()
        return overview(rows)

    @app.get("/ready")
    def ready() -> str:
        with database("READ_URL") as connection:
            connection.execute("SELECT 1")
        return "ready\n"

    @app.get("/articles/<slug>")
    def one(slug: str) -> str:
        return shown(slug) or abort(404)

    @app.post("/articles/<slug>/comments")
    def comment(slug: str) -> tuple[str, int]:
        if not kept(slug, request.get_json()["text"]):
            abort(404)
        store = cache()
        store.set(f"lag:{slug}", b"1", expire=LAG)
        store.delete(f"page:{slug}")
        return "kept\n", 201

    return app
