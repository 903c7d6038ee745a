"""What a person sees in Prefect's own pages and in our report, in a real browser."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import yaml

from tests.stack.browser import CHROMIUM, GREEN, RED, Bar, Browser, bars, browser, log_in
from tests.stack.rig import CHECKOUT, Platforms, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Playwright

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(300)]

CELLS = [
    "build/security",
    "optimise/harden",
    "optimise/training",
    "theory/distributed",
    "verify/integration",
]
FIRST_STEP = "read the platform"
WIDTHS = (360, 768, 1280)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Drive browsers; there can be one driver in a process, and several browsers."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine (Debian's package is `chromium`)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where there is a browser

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def person(
    stack: Platforms, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Open a browser that was never here before, and log in with the auth string."""
    with browser(playwright, tmp_path_factory.mktemp("browser") / "profile") as made:
        page = made.page()
        log_in(page, stack.stack().ui_url, stack.stack().auth_string)
        page.get_by_text("Active Work Pools").wait_for()
        page.close()
        yield made


@pytest.fixture
def page(person: Browser) -> Iterator[Page]:
    page = person.page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def finished(stack: Platforms, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Run the programme once; return its flow run and its bundle."""
    shop = shutil.copytree(CHECKOUT / "examples/shop", tmp_path_factory.mktemp("ui") / "shop")
    answer = stack.done(stack.cmi("run", str(shop), "--lang", "en", "--json"))
    return stack.record(answer["run"]).flow_run, Path(answer["bundle"])


def index_of(bundle: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((bundle / "bundle.json").read_text(encoding="utf-8"))
    return index


def open_run(page: Page, stack: Platforms, flow_run: str) -> None:
    page.goto(f"{stack.stack().ui_url}/runs/flow-run/{flow_run}")
    page.locator("canvas").first.wait_for()


def artifact(page: Page, stack: Platforms, flow_run: str, key: str) -> str:
    """Go from a run's page to an artifact's as a person does, and read it."""
    open_run(page, stack, flow_run)
    page.get_by_text("Artifacts", exact=True).first.click()
    links = page.locator("a[href*='/artifacts/artifact/']")
    links.filter(has=page.get_by_text(key, exact=True)).first.click()
    page.get_by_text("Show raw data").first.wait_for()
    return page.locator("body").inner_text()


def test_a_wrong_password_opens_nothing(
    stack: Platforms, playwright: Playwright, tmp_path: Path
) -> None:
    with browser(playwright, tmp_path / "stranger") as stranger:
        page = stranger.page()
        log_in(page, stack.stack().ui_url, "cmi:guessed")
        page.get_by_text("Authentication failed").first.wait_for()

        assert page.locator("input[type=password]").is_visible()
        assert not page.get_by_text("Active Work Pools").count()


def test_whoever_opens_a_run_first_is_asked_for_the_password_and_led_to_it(
    stack: Platforms, finished: tuple[str, Path], playwright: Playwright, tmp_path: Path
) -> None:
    run = f"{stack.stack().ui_url}/runs/flow-run/{finished[0]}"
    with browser(playwright, tmp_path / "first-time") as first:
        page = first.page()
        log_in(page, run, stack.stack().auth_string)
        page.locator("canvas").first.wait_for()

        assert page.url == run


def test_a_finished_run_shows_one_green_bar_for_each_built_cell(
    stack: Platforms, finished: tuple[str, Path], page: Page
) -> None:
    open_run(page, stack, finished[0])

    shown = bars(page, GREEN)

    assert sorted(shown, key=lambda bar: bar.name) == [
        Bar(name, "Completed") for name in sorted([*CELLS, FIRST_STEP])
    ]


def test_the_artifacts_of_a_run_say_what_its_bundle_says(
    stack: Platforms, finished: tuple[str, Path], page: Page
) -> None:
    flow_run, bundle = finished
    index = index_of(bundle)
    counted = Counter(each["severity"] for each in index["findings"])
    severities = ", ".join(
        f"{counted[each]} {each}" for each in ("critical", "high", "medium", "low", "info")
    )

    summary = artifact(page, stack, flow_run, "summary")
    findings = artifact(page, stack, flow_run, "findings")
    progress = artifact(page, stack, flow_run, "progress")

    assert f"{len(index['findings'])} findings: {severities}." in summary
    assert f"{len(index['candidates'])} changes are proposed." in summary
    assert index["digest"] in summary
    assert str(bundle) in summary
    for cell in index["cells"]:
        assert cell["id"] in summary
    first = index["findings"][0]
    assert f"{len(index['findings'])} findings: {severities}." in findings
    assert f"{len(index['findings'])} Items" in findings
    row = findings[findings.index(first["severity"]) :]
    assert first["texts"]["en"]["title"] in row
    assert first["id"] in row
    assert f"{first['where']['file']}:{first['where']['line']}" in row
    assert "100%" in progress
    assert "optimise/training: done" in progress


def test_a_run_is_started_by_the_form_fails_late_and_is_retried_from_its_page(
    stack: Platforms, shop: Path, tmp_path: Path, page: Page
) -> None:
    obstacle = tmp_path / "not-a-folder"
    obstacle.touch()
    bundle = obstacle / "bundle"

    flow_run = start_by_the_form(page, stack, {"platform": str(shop), "out": str(bundle)})
    wait_until("the run failed", lambda: state_of(stack, flow_run) == "FAILED")
    before = stack.lines(flow_run)
    open_run(page, stack, flow_run)
    assert bars(page, RED) == [Bar("optimise/training", "Failed")]

    obstacle.unlink()
    page.get_by_role("button", name="Retry").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
    wait_until("the run finished", lambda: state_of(stack, flow_run) == "COMPLETED")

    assert stack.repeated(flow_run) == []
    assert {line.step for line in stack.lines(flow_run)[len(before) :]} == {"publish"}
    open_run(page, stack, flow_run)
    page.screenshot(path=tmp_path / "retried.png")
    page.locator("[class*=state-badge]").filter(has_text="Completed").first.wait_for()
    index = index_of(bundle)
    findings = artifact(page, stack, flow_run, "findings")
    assert f"{len(index['findings'])} 个问题" in findings
    assert index["findings"][0]["texts"]["zh"]["title"] in findings
    assert index["findings"][0]["id"] in findings


def start_by_the_form(page: Page, stack: Platforms, typed: dict[str, str]) -> str:
    """Start a run of programme/local as a person does, in Chinese; return its flow run."""
    page.goto(f"{stack.stack().ui_url}/deployments")
    row = page.locator("tr", has_text="programme").filter(has_text="local")
    row.locator("a[href*='/deployments/deployment/']").first.click()
    page.get_by_role("button", name="Run", exact=True).first.click()
    page.get_by_text("Custom run").click()
    for name, value in typed.items():
        page.locator(".p-label", has_text=name).locator("textarea").first.fill(value)
    page.locator(".p-label", has_text="Language of").locator(".p-select-button__control").press(
        "ArrowDown"
    )
    page.locator(".p-select-option__text", has_text="zh").click()
    before = runs_of(stack)
    page.get_by_role("button", name="Submit").click()
    (made,) = wait_until("a new run", lambda: runs_of(stack) - before)
    return str(made)


def runs_of(stack: Platforms) -> set[UUID]:
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName  # noqa: PLC0415

    with stack.client() as client:
        found = client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=["programme"]))
        )
    return {each.id for each in found if not each.auto_scheduled}


def state_of(stack: Platforms, flow_run: str) -> str:
    with stack.client() as client:
        state = client.read_flow_run(UUID(flow_run)).state
    return state.type.value if state else ""


def test_automations_and_blocks_of_ours_are_listed(stack: Platforms, page: Page) -> None:
    told = yaml.safe_load((CHECKOUT / "deployments/automations.yaml").read_text("utf-8"))

    assert told["automations"]
    page.goto(f"{stack.stack().ui_url}/automations")
    for each in told["automations"]:
        page.get_by_text(each["name"], exact=True).wait_for()
        page.get_by_text(each["description"]).first.wait_for()

    page.goto(f"{stack.stack().ui_url}/blocks/catalog")
    for name in ("Platform source", "Programme ledger"):
        page.get_by_text(name, exact=True).first.wait_for()


def test_neither_interface_asks_another_host(
    stack: Platforms, finished: tuple[str, Path], person: Browser, page: Page
) -> None:
    address = stack.stack().ui_url
    for interface in ("", "/v2"):
        for place in ("/dashboard", "/blocks/catalog", f"/runs/flow-run/{finished[0]}"):
            page.goto(f"{address}{interface}{place}", wait_until="networkidle")

    # Whoever is allowed to leave is noticed: else the silence would prove nothing.
    strangers = person.strangers
    assert strangers == person.refused
    assert strangers, "nothing was kept back: is the policy needed any longer?"
    assert not strangers & person.outside.hosts
    page.goto("about:blank")
    page.evaluate("fetch('http://elsewhere.invalid/').catch(() => 0)")
    wait_until("a page without our policy gets out", lambda: left(person, "elsewhere.invalid"), 10)


def left(person: Browser, host: str) -> bool:
    return host in person.outside.hosts


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_reads_at_every_width_and_asks_nobody(
    finished: tuple[str, Path], playwright: Playwright, language: str, tmp_path: Path
) -> None:
    with browser(playwright, tmp_path / "profile") as reader:
        page = reader.page()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto((finished[1] / f"report.{language}.html").as_uri())
            page.screenshot(path=tmp_path / f"report-{language}-{width}.png", full_page=True)

            assert page.locator("h1").is_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    assert reader.complaints == []
    assert reader.wanted == {""}
