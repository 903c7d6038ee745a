"""Bring the tables up to date and put the first articles in; a second time changes nothing."""

from app.stores import database

STEPS = (
    """
    CREATE TABLE IF NOT EXISTS articles (
        slug text PRIMARY KEY, title text NOT NULL, text text NOT NULL,
        written_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS comments (
        id serial PRIMARY KEY, slug text NOT NULL REFERENCES articles, text text NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS comments_of_article ON comments (slug, id)",
)
ARTICLES = (
    ("moths", "Moths in the reading room", "They prefer poetry, and leave the tables alone."),
    ("ladders", "On ladders", "A ladder reaches one shelf less than the book that is wanted."),
    ("silence", "A short history of silence", "It was quieter before."),
)


def main() -> None:
    """Carry out all steps in one go."""
    with database("WRITE_URL") as connection, connection.transaction():
        for step in STEPS:
            connection.execute(step)
        for article in ARTICLES:
            connection.execute(
                "INSERT INTO articles (slug, title, text) VALUES (%s, %s, %s)"
                " ON CONFLICT (slug) DO NOTHING",
                article,
            )


if __name__ == "__main__":
    main()
