"""A served copy of an example and a real browser on it; pictures are kept for whoever looks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
    sync_playwright,
)
from shown_example import shown

from oreline_testing.absent import absent

HERE = Path(__file__).parent
SCREENS = Path(os.environ.get("ORELINE_SCREENS", HERE.parents[2] / "build" / "screens"))
# Nobody looks at the pictures of a build server, and drawing a long page takes half a second.
KEEPS_PICTURES = "ORELINE_SCREENS" in os.environ or os.environ.get("CI") != "true"
STARTS_WITHIN_S = 90.0
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, NARROW, HEIGHT = 1440, 390, 900
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""What changes with the width of a window has changed when two pictures are drawn."""
GRAVE = frozenset({"serious", "critical"})
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


@dataclass
class Site:
    """A server over a copy of an example that tests may write to."""

    name: str
    address: str
    folder: Path
    log: Path


@dataclass
class Watched:
    """A page, and what went wrong in it."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open an address and wait until every part that is computed stands there."""
        self.page.goto(address)
        settled(self.page)

    def fit(self, width: int) -> None:
        """Make the window so wide, as who turns a telephone or drags a window does."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.evaluate(DRAWN)
        settled(self.page)

    def keep(self, name: str) -> None:
        """Keep a picture of the whole page for whoever looks; no test reads it."""
        if not KEEPS_PICTURES:
            return
        SCREENS.mkdir(parents=True, exist_ok=True)
        width = (self.page.viewport_size or {}).get("width", 0)
        self.page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)


def settled(page: Page) -> None:
    """Wait until nothing on the page is being computed."""
    page.wait_for_selector(".sheet")
    page.wait_for_function("() => !document.querySelector('.waiting')", timeout=60_000)


def grave(page: Page) -> list[str]:
    """Return what shuts somebody out from a page, as axe-core tells it."""
    # What passes is told in full otherwise, which takes longer than the looking.
    found: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{item['id']}: {item['help']}: {node['html'][:160]}"
        for item in found["violations"]
        if item["impact"] in GRAVE
        for node in item["nodes"]
    ]


@contextmanager
def served(name: str, folder: Path, *more: str) -> Iterator[Site]:
    """Serve a copy of an example on loopback."""
    made = shown(name).made
    copy = folder / name
    if not copy.exists():
        shutil.copytree(made.folder, copy)
    port = _free_port()
    log = folder / f"{name}-{port}.log"
    server = (HERE / "site_server.py", copy / "ledger.db", folder / "accounts.db", port, *more)
    with _running(server, folder, port, log) as address:
        yield Site(name, address, folder, log)


@contextmanager
def served_by_command(chain: Path, *words: object) -> Iterator[Site]:
    """Serve a chain folder on loopback as people do: by ``oreline serve``."""
    folder, port = chain.parent, _free_port()
    log = folder / f"{chain.name}-{port}.log"
    server = ("-m", "oreline", "serve", "--chain", chain, "--port", port,
              "--accounts", folder / "accounts.db", *words)  # fmt: skip
    with _running(server, folder, port, log) as address:
        yield Site(chain.name, address, folder, log)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(words: Iterable[object], folder: Path, port: int, log: Path) -> Iterator[str]:
    """Run a server until nobody needs it, and yield its address once it answers."""
    environment = {**os.environ, "ORELINE_HOME": str(folder / "home")}
    command = [sys.executable, *map(str, words)]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, env=environment) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not start: {log.read_text()}")


@contextmanager
def browser() -> Iterator[Browser]:
    """Open Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        absent("Chromium is not installed (apt-get install chromium)", system=True)
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=list(FLAGS))
        yield opened
        opened.close()


@contextmanager
def watched(
    opened: Browser, width: int = WIDE, *, stays: bool = False, **more: str
) -> Iterator[Watched]:
    """Open a page of a width in a profile that knows nobody, and watch its console.

    A page that `stays` is emptied and used again: to start a process for each is half of what it
    costs to look at pages.
    """
    with _profile(opened, width, stays=stays) as context:
        page = context.pages[0] if context.pages else context.new_page()
        found = Watched(page)

        def said(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                found.wrong.append(f"{message.type}: {message.text}")

        def failed(request: Request) -> None:
            # What is under way when one leaves a page is given up; nothing is wrong with that.
            if "ERR_ABORTED" not in str(request.failure):
                found.wrong.append(f"failed: {request.url} {request.failure}")

        def broke(error: Error) -> None:
            found.wrong.append(f"error: {error}")

        page.on("console", said)
        page.on("pageerror", broke)
        page.on("requestfailed", failed)
        for name, value in more.items():
            context.add_cookies(
                [{"name": f"oreline_{name}", "value": value, "url": "http://127.0.0.1"}]
            )
        yield found
        page.remove_listener("console", said)
        page.remove_listener("pageerror", broke)
        page.remove_listener("requestfailed", failed)


FORGET = "() => { sessionStorage.clear(); localStorage.clear(); }"
EMPTY = "/health/live"
"""What every server has: a page without scripts."""
_profiles: WeakKeyDictionary[Browser, dict[int, list[BrowserContext]]] = WeakKeyDictionary()


@contextmanager
def _profile(opened: Browser, width: int, *, stays: bool) -> Iterator[BrowserContext]:
    """Give a profile that nobody else has open, without cookies.

    It has its scripts at hand as a user's has: to load and compile them for each test anew takes
    most of a browser's time. A page that stays is emptied without leaving its server: one that
    goes to ``about:blank`` loses its process.
    """
    free = _profiles.setdefault(opened, {}).setdefault(width, [])
    context = free.pop() if free else _new_profile(opened, width)
    try:
        if not stays:
            _close(context.pages)
        yield context
        _close(context.pages[1:] if stays else context.pages)
        for page in context.pages:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if page.url.startswith("http"):
                page.evaluate(FORGET)
                page.goto(urljoin(page.url, EMPTY))
        context.clear_cookies()
    except BaseException:
        context.close()
        raise
    free.append(context)


def _close(pages: list[Page]) -> None:
    for page in pages:
        page.close()


def _new_profile(opened: Browser, width: int) -> BrowserContext:
    return opened.new_context(
        viewport={"width": width, "height": HEIGHT}, accept_downloads=True, locale="en-GB"
    )
