"""Write the list of all pages, for machines that read the site."""

import os
import re
import urllib.request
from pathlib import Path

PAGES = Path("/srv/pages")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset>\n'


def sitemap(page: str) -> str:
    """The list of the pages that the first page leads to."""
    paths = re.findall(r'href="(/articles/[^"]+)"', page)
    return HEAD + "".join(f"<url><loc>{path}</loc></url>\n" for path in paths) + "</urlset>\n"


def main() -> None:
    """Ask the site for its first page and put the list where the web server finds it."""
    with urllib.request.urlopen(os.environ["SITE_URL"], timeout=10) as answer:
        text = sitemap(answer.read().decode())
    fresh = PAGES / "sitemap.xml.new"
    fresh.write_text(text, "utf-8")
    # In one step, so that nobody gets half a list.
    fresh.rename(PAGES / "sitemap.xml")


if __name__ == "__main__":
    main()
