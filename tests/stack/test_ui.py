"""What a person sees in Prefect's own pages, in a real browser."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.stack.rig import Platforms, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(300)]

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
]
PATIENCE_MS = 30_000


@pytest.fixture
def page(stack: Platforms, tmp_path: Path) -> Iterator[Page]:
    """Open a browser that was never here before, and log in with the auth string."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine (Debian's package is `chromium`)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=CHROMIUM, args=FLAGS
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(stack.stack().ui_url)
        page.locator("input[type=password]").fill(stack.stack().auth_string)
        page.locator("input[type=password]").press("Enter")
        page.locator("input[type=password]").wait_for(state="detached")
        yield page
        context.close()


def test_a_finished_run_shows_its_graph_and_its_summary(
    stack: Platforms, shop: Path, page: Page
) -> None:
    answer = stack.done(stack.cmi("run", str(shop), "--json"))
    flow_run = stack.record(answer["run"]).flow_run

    page.goto(f"{stack.stack().ui_url}/runs/flow-run/{flow_run}")
    page.get_by_text("Completed").first.wait_for()
    page.locator("canvas").first.wait_for()

    page.goto(f"{stack.stack().ui_url}/artifacts/key/summary")
    page.get_by_text("summary").first.wait_for()


def test_a_failed_run_is_retried_from_its_page(
    stack: Platforms, tmp_path: Path, page: Page
) -> None:
    broken = tmp_path / "nothing-here-yet"
    with stack.client() as client:
        deployment = client.read_deployment_by_name("programme/local")
        flow_run = client.create_flow_run_from_deployment(
            deployment.id, parameters={"platform": str(broken)}
        )

        def state() -> str:
            found = client.read_flow_run(UUID(str(flow_run.id))).state
            return found.type.value if found else ""

        wait_until("the run failed", lambda: state() == "FAILED")
        shutil.copytree(Path(__file__).resolve().parents[2] / "examples/shop", broken)
        page.goto(f"{stack.stack().ui_url}/runs/flow-run/{flow_run.id}")
        page.get_by_text("Failed").first.wait_for()
        _retry(page)
        wait_until("the run finished", lambda: state() == "COMPLETED")


def _retry(page: Page) -> None:
    """Press Retry: a button in one of Prefect's two interfaces, an entry of a menu in the other."""
    button = page.get_by_role("button", name="Retry")
    if not button.count():
        page.get_by_role("button", name="menu").last.click()
        page.get_by_role("menuitem", name="Retry").click()
    else:
        button.first.click()
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
