"""The report in a real browser: usable by everybody, at every width, and silent towards others."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.reporting.html import report
from tests.reports import bundle_of
from tests.stack.browser import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SHOP = Path(__file__).resolve().parents[4] / "examples/shop"
_OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"
_OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
_FOCUSED = "document.activeElement.outerHTML.slice(0, 60)"
_GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    bundle = bundle_of(SHOP)
    for language in ("en", "zh"):
        (folder / language).write_text(report(bundle, language), encoding="utf-8")
        (folder / language).rename(folder / f"{language}.html")
    return {language: folder / f"{language}.html" for language in ("en", "zh")}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here")
    if shutil.which(CHROMIUM) is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with playwright.sync_playwright() as drive:
        context = drive.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")), executable_path=CHROMIUM, args=FLAGS
        )
        yield context.new_page()
        context.close()


@pytest.mark.timeout(600)  # it weighs every colour of a long page, and shares the processors
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
def test_axe_finds_nothing_serious(
    page: Page, pages: dict[str, Path], language: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe here")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    page.goto(pages[language].as_uri())
    page.evaluate(_OPEN_ALL)

    found = axe.Axe().run(page).response

    grave = [
        (each["id"], each["nodes"][0]["html"][:200])
        for each in found["violations"]
        if each["impact"] in _GRAVE
    ]
    assert grave == []
    assert len(found["passes"]) > 20, "axe looked at nothing"


def test_axe_would_tell(page: Page) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe here")
    page.set_content("<html><body><img src='data:,'><p style='color:#eee'>pale</p></body></html>")

    found = axe.Axe().run(page).response["violations"]

    assert {each["id"] for each in found if each["impact"] in _GRAVE} >= {"image-alt"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_page_never_scrolls_sideways(
    page: Page, pages: dict[str, Path], language: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(pages[language].as_uri())
    page.evaluate(_OPEN_ALL)

    assert page.evaluate(_OVERFLOW) <= 0


def test_nothing_is_asked_of_anybody(page: Page, pages: dict[str, Path]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(pages["en"].as_uri())
    page.evaluate(_OPEN_ALL)
    page.wait_for_load_state("networkidle")

    assert asked == [pages["en"].as_uri()]


def test_the_keyboard_reaches_the_verdict_and_opens_a_finding(
    page: Page, pages: dict[str, Path]
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(pages["en"].as_uri())

    page.keyboard.press("Tab")
    assert 'class="skip"' in page.evaluate(_FOCUSED)
    page.keyboard.press("Enter")
    # The browser moves in its own time; it has half a minute.
    page.wait_for_url(lambda url: url.endswith("#verdict"))
    page.locator("#findings summary").first.focus()
    page.keyboard.press("Enter")
    page.locator("#findings details[open]").first.wait_for()
    assert page.locator("#findings details").first.evaluate("each => each.open") is True


def test_on_paper_everything_is_unfolded_and_the_ground_is_white(
    page: Page, pages: dict[str, Path]
) -> None:
    page.goto(pages["en"].as_uri())
    page.emulate_media(media="print", color_scheme="dark")

    shown = page.locator("#findings details dl").first.evaluate("each => each.offsetHeight")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(media="screen", color_scheme="light")

    assert ground == "rgb(255, 255, 255)"
    assert shown > 0
