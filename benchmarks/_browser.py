"""Time to interactive of every page in a real browser: until one can work with it."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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

    ``first`` is with an empty browser cache, as somebody sees who comes for the first time. ``cpu``
    is what the server computed until the page opened again was interactive: other work on the
    machine does not change it.
    """

    server: float
    cpu: float
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
    program: str, address: str, process: int, paths: Sequence[str], rounds: int
) -> dict[str, PageTimes]:
    """Return the times of pages; of ``rounds`` visits each the medians, and the worst."""
    found: dict[str, list[tuple[float, float, float, float]]] = {path: [] for path in paths}
    with browser(program) as opened:
        for _ in range(rounds):
            for path in paths:
                context = opened.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                first, server = _visit(page, address + path)
                before = cpu_ms(process)
                again, _ = _visit(page, address + path)
                found[path].append((server, cpu_ms(process) - before, first, again))
                context.close()
    return {path: _medians(visits) for path, visits in found.items()}


def _visit(page: Page, address: str) -> tuple[float, float]:
    start = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=LIMIT_MS)
    page.wait_for_function(_INTERACTIVE, timeout=LIMIT_MS, polling=10)
    wall = 1e3 * (time.perf_counter() - start)
    return wall, float(page.evaluate(_SERVER_MS))


def cpu_ms(process: int) -> float:
    """Return the CPU time that a process has used so far."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1e3 * (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _medians(visits: Sequence[tuple[float, float, float, float]]) -> PageTimes:
    server, cpu, first, again = (statistics.median(values) for values in zip(*visits, strict=True))
    return PageTimes(server, cpu, first, again, max(max(one[2:]) for one in visits))


def rows_of(times: Mapping[str, PageTimes]) -> list[list[str]]:
    """Return the lines of a table."""
    return [
        [
            f"`{path}`",
            *(f"{ms:,.0f}" for ms in (one.server, one.cpu, one.first, one.again, one.worst)),
        ]
        for path, one in times.items()
    ]
