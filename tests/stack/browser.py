"""A real browser on Prefect's pages and on our report: what a person sees and clicks."""

from __future__ import annotations

import base64
import shutil
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.stack.rig import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import (
        BrowserContext,
        ConsoleMessage,
        Page,
        Playwright,
        Request,
    )

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1280, "height": 900}
PATIENCE_MS = 90_000  # other tests run beside, and a browser that draws waits for a processor
# The colours of Prefect's older interface in a run's graph.
GREEN, RED = (33, 157, 75), (222, 5, 41)
# Find the connected areas of one colour in a picture, and give each one's edges.
_AREAS = """async ([png, colour]) => {
  const blob = await (await fetch("data:image/png;base64," + png)).blob();
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  const bytes = pen.getImageData(0, 0, width, height).data;
  const left = new Set();
  for (let p = 0; p < width * height; p++)
    if (colour.every((c, i) => Math.abs(bytes[4 * p + i] - c) < 9)) left.add(p);
  const areas = [];
  for (const first of left) {
    const open = [first];
    left.delete(first);
    let [x0, y0, x1, y1] = [width, height, 0, 0];
    while (open.length) {
      const p = open.pop();
      const x = p % width, y = (p - x) / width;
      [x0, y0] = [Math.min(x0, x), Math.min(y0, y)];
      [x1, y1] = [Math.max(x1, x), Math.max(y1, y)];
      for (const q of [p - 1, p + 1, p - width, p + width]) if (left.delete(q)) open.push(q);
    }
    areas.push([x0, y0, x1, y1]);
  }
  return areas;
}"""
# A bar is about 30 pixels high; text, and the strip of the run's own state below, are not.
_BAR_HEIGHT = 20
_LONG_BAR = 60  # from here on there is room beside the arrow, and perhaps none for words outside


class Outside:
    """Stands for every other host: a proxy that writes down who is asked for, and refuses."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.hosts: set[str] = set()  # the browser's own wishes among them
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._refuse, args=(connection,), daemon=True).start()

    def _refuse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            _, place, *_ = connection.recv(4096).decode("latin-1").split()
            self.hosts.add(_host(place if "//" in place else f"//{place}"))
            connection.sendall(b"HTTP/1.1 502 Nobody\r\nContent-Length: 0\r\n\r\n")


@dataclass
class Browser:
    """A browser that was never here before, with all that it asked for and complained about."""

    context: BrowserContext
    outside: Outside
    wanted: set[str] = field(default_factory=set)  # hosts it asked for, or was kept from asking
    refused: set[str] = field(default_factory=set)  # hosts that a policy kept it from asking
    complaints: list[str] = field(default_factory=list)

    def page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    @property
    def strangers(self) -> set[str]:
        """Hosts that pages wanted, besides this machine."""
        return self.wanted - {"127.0.0.1", ""}

    def hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def hear_failure(self, request: Request) -> None:
        if request.failure == "csp":
            self.refused.add(_host(request.url))


@contextmanager
def browser(playwright: Playwright, profile: Path) -> Iterator[Browser]:
    outside = Outside()
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=CHROMIUM,
        args=FLAGS,
        proxy={"server": outside.address, "bypass": "127.0.0.1"},
        viewport=SIZE,  # type: ignore[arg-type]  # a TypedDict of Playwright's own
    )
    made = Browser(context, outside)
    context.on("request", lambda request: made.wanted.add(_host(request.url)))
    context.on("requestfailed", made.hear_failure)
    context.on("console", made.hear)
    context.on("weberror", lambda error: made.complaints.append(str(error.error)))
    try:
        yield made
    finally:
        context.close()
        outside.close()


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def log_in(page: Page, address: str, secret: str) -> None:
    page.goto(address)
    field = page.locator("input[type=password]")
    field.fill(secret)
    field.press("Enter")


@dataclass(frozen=True)
class Bar:
    """A bar of a run's graph, as its panel describes it."""

    name: str
    state: str


def bars(page: Page, colour: tuple[int, int, int]) -> list[Bar]:
    """Click every bar of one colour, and read the panel that opens."""
    found = []
    areas = _settled_areas(page, colour)
    panel = page.locator("[class*=selection-panel]").first
    for left, top, right, bottom in areas:
        box = page.locator("canvas").first.bounding_box()
        assert box is not None
        # The arrow that opens a bar fills the bars of middle length; words beside a bar select it.
        across = right - 4 if right - left >= _LONG_BAR else right + 40
        page.mouse.click(box["x"] + across, box["y"] + (top + bottom) / 2)
        panel.wait_for()
        lines = panel.inner_text().split("\n")
        found.append(Bar(lines[0], lines[lines.index("State") + 1]))
        panel.get_by_role("button").first.click()
        panel.wait_for(state="detached")
        # The panel took room from the graph: the bars were elsewhere meanwhile.
        wait_until("the graph moved back", lambda: _areas(page, colour) == areas, 30)
    return found


def _settled_areas(page: Page, colour: tuple[int, int, int]) -> list[list[int]]:
    """Wait until the graph stands still."""
    former: list[list[int]] = []

    def still() -> bool:
        nonlocal former
        page.wait_for_timeout(300)
        last, former = former, _areas(page, colour)
        return bool(last) and last == former

    wait_until(f"a graph with bars of {colour} that stands still", still, 30)
    return former


def _areas(page: Page, colour: tuple[int, int, int]) -> list[list[int]]:
    picture = base64.b64encode(page.locator("canvas").first.screenshot()).decode()
    areas: list[list[int]] = page.evaluate(_AREAS, [picture, list(colour)])
    return [area for area in areas if area[3] - area[1] >= _BAR_HEIGHT]
