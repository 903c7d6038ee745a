"""What the pages look like."""

from collections.abc import Iterable
from html import escape


def article(title: str, text: str, comments: Iterable[str]) -> str:
    """The page of one article, up to its last line."""
    said = "".join(f"<li>{escape(each)}</li>" for each in comments)
    return f"<h1>{escape(title)}</h1><p>{escape(text)}</p><ul>{said}</ul>"


def overview(articles: Iterable[tuple[str, str]]) -> str:
    """The first page: all articles by name."""
    lines = (
        f'<li><a href="/articles/{escape(slug)}">{escape(title)}</a></li>'
        for slug, title in articles
    )
    return f"<h1>All articles</h1><ul>{''.join(lines)}</ul>"


def footed(page: str, *, cached: bool) -> str:
    """A page with its last line, which says where it came from this time."""
    return f"{page}<footer>from the {'cache' if cached else 'database'}</footer>\n"
