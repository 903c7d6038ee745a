"""The site's own rules: what its pages show, and what machines are told of them."""

import importlib
import sys
from collections.abc import Iterator

import pytest

from tests.examples.samples import EXAMPLES, SAMPLES

SITE = EXAMPLES / "site"


@pytest.fixture(autouse=True)
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The services' folder as the root of imports, as in their images."""
    monkeypatch.syspath_prepend(SITE / "services")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in SAMPLES["site"]]:
        del sys.modules[name]


def test_what_readers_write_is_shown_and_never_carried_out() -> None:
    pages = importlib.import_module("app.pages")

    page = pages.article("On <b>", "x & y", ["<script>alert(1)</script>"])

    assert page == (
        "<h1>On &lt;b&gt;</h1><p>x &amp; y</p>"
        "<ul><li>&lt;script&gt;alert(1)&lt;/script&gt;</li></ul>"
    )


def test_a_page_says_where_it_came_from() -> None:
    pages = importlib.import_module("app.pages")

    assert "from the cache" in pages.footed("<p>", cached=True)
    assert "from the database" in pages.footed("<p>", cached=False)


def test_the_list_for_machines_has_every_article_of_the_first_page() -> None:
    pages, job = importlib.import_module("app.pages"), importlib.import_module("sitemap.main")

    found = job.sitemap(pages.overview([("moths", "Moths"), ("ladders", "On ladders")]))

    assert found.count("<loc>") == 2
    assert "<loc>/articles/moths</loc>" in found
