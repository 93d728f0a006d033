"""Time to interactive of every page in a real browser: until one can work with it."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
LIMIT_MS = 300_000
_INTERACTIVE = """() => {
  if (!window.did_handshake || !document.querySelector('.sheet')) return false;
  if (document.querySelector('.waiting')) return false;
  const grid = document.querySelector('.lots-grid');
  return !grid || document.querySelectorAll('.lots-grid .ag-row [col-id=lot] a').length > 0;
}"""
"""The page's socket answers, every part that is computed stands there, and the table has rows."""
_SERVER_MS = """() => {
  const [one] = performance.getEntriesByType('navigation');
  return one.responseEnd - one.requestStart;
}"""


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Milliseconds of one page: the server's answer, and until interactive; new browser, then kept.

    ``first`` is with an empty browser cache, as somebody sees who comes for the first time.
    """

    server: float
    first: float
    again: float
    worst: float


def installed() -> str | None:
    """Return Chromium's place, None where it is not installed."""
    return shutil.which("chromium")


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Open Chromium."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=list(FLAGS))
        yield opened
        opened.close()


def page_times(
    program: str, address: str, paths: Sequence[str], rounds: int
) -> dict[str, PageTimes]:
    """Return the times of pages; of ``rounds`` visits each the medians, and the worst."""
    found: dict[str, list[tuple[float, float, float]]] = {path: [] for path in paths}
    with browser(program) as opened:
        for _ in range(rounds):
            for path in paths:
                context = opened.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                first, server = _visit(page, address + path)
                again, _ = _visit(page, address + path)
                found[path].append((server, first, again))
                context.close()
    return {path: _medians(visits) for path, visits in found.items()}


def _visit(page: Page, address: str) -> tuple[float, float]:
    start = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=LIMIT_MS)
    page.wait_for_function(_INTERACTIVE, timeout=LIMIT_MS, polling=10)
    wall = 1e3 * (time.perf_counter() - start)
    return wall, float(page.evaluate(_SERVER_MS))


def _medians(visits: Sequence[tuple[float, float, float]]) -> PageTimes:
    server, first, again = (statistics.median(values) for values in zip(*visits, strict=True))
    return PageTimes(server, first, again, max(max(one[1:]) for one in visits))


def rows_of(times: Mapping[str, PageTimes]) -> list[list[str]]:
    """Return the lines of a table."""
    return [
        [f"`{path}`", *(f"{value:,.0f}" for value in (one.server, one.first, one.again, one.worst))]
        for path, one in times.items()
    ]
