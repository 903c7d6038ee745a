"""The form of a question in Prefect's pages, filled in as a person does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def fill_in(page: Page, choice: str, strategy: str, said: tuple[str, str]) -> str:
    """Open the form of a suspended run, answer it, and return what the form told.

    ``said`` is why, and who decides.
    """
    page.get_by_role("button", name="Resume").first.click()
    form = page.locator(".p-modal")
    form.get_by_text("Who decides").wait_for()
    told = form.inner_text()
    for number, value in enumerate((choice, strategy)):
        _choose(page, form, number, value)
    for number, text in enumerate(said):
        form.locator("textarea").nth(number).fill(text)
    form.get_by_role("button", name="Submit").click()
    form.wait_for(state="hidden")
    return told


def _choose(page: Page, form: Locator, number: int, value: str) -> None:
    """Open a list by its key: a click both opens and closes it here."""
    form.locator(".p-select-button__control").nth(number).focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=value, exact=True).click()


def fill_deployment(
    page: Page, ui: str, flow: str, chosen: dict[str, str], typed: dict[str, str]
) -> None:
    """Start a run of ``flow``/local by its form: choose from lists, type into fields, submit."""
    page.goto(f"{ui}/deployments")
    row = page.locator("tr", has_text=flow).filter(has_text="local")
    row.locator("a[href*='/deployments/deployment/']").first.click()
    page.get_by_role("button", name="Run", exact=True).first.click()
    page.get_by_text("Custom run").click()
    for name, value in typed.items():
        _field(page, name).locator("textarea").first.fill(value)
    for name, value in chosen.items():
        _field(page, name).locator(".p-select-button__control").first.press("ArrowDown")
        page.get_by_role("option", name=value, exact=True).click()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url(lambda url: not url.split("?")[0].endswith("/run"))


def _field(page: Page, name: str) -> Locator:
    label = re.compile(rf"^{re.escape(name)}( \(Optional\))?$")  # whatever need not be told
    return page.locator(".p-label").filter(has=page.get_by_text(label))
