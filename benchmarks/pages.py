"""Measure a server: every page in a browser, every answer for one person and for 25 at once.

``--quick`` runs a small ledger and prints without writing. ``--lots`` gives the number of lots,
``--ledger`` a ledger of that many lots that was made before. The server is a real one on loopback,
in a process of its own; times are those that the asking side sees, from the request to the last
byte. Every request draws other lots and other pages. While 25 people ask, the resident memory of
the server is read after every 500 answers: it must not go on growing.

Pages are timed in Chromium, where it is installed (``make system-deps``).
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Self

import httpx
import numpy as np

from _browser import PageTimes, installed, page_times, rows_of
from _page import machine, text_table, write_section
from _trade import sales
from generate import generate
from ledger import ELEMENT, GRADE, written
from oreline.record import create_store, open_store

PEOPLE = 25
START_LIMIT_S = 600.0
PACKAGES = ("fastapi", "uvicorn", "numpy", "polars", "orjson")
Query = dict[str, str | int]
WALK = "table, the next page"
MEMORY_EVERY = 500
Times = dict[str, list[float]]
MASS = {"value": "1", "unit": "t", "u": "0", "basis": "assumed"}
NEW = {"schema": "extract/1", "time": "2021-09-03T08:00:00Z", "actor": "bench", "party": "bench",
       "site": "mine-1"}  # fmt: skip
Sizes = tuple[int, int]
"""How many lots and events."""


def questions(
    draw: np.random.Generator, n_lots: int, n_events: int
) -> list[tuple[str, str, Query]]:
    """Return one of each question: its name, address and query."""
    lot = f"b:lot-{draw.integers(n_lots)}"
    place = int(draw.integers(n_lots))
    sort = str(draw.choice(("lot", "last", "first", "dry", "site")))
    of: Query = {"lot": lot, "element": ELEMENT}
    mine: Query = {"site": f"mine-{draw.integers(1, 60)}"}
    return [
        ("table, a page anywhere", "/lots", {"sort": sort, "at": place, "limit": 100}),
        ("table, with metal", "/lots", {"at": place, "limit": 100, "element": ELEMENT}),
        ("table, by metal", "/lots", {"sort": "metal", "element": ELEMENT, "at": place}),
        ("table, search", "/lots", {"search": str(place), "sort": "lot"}),
        ("table, two filters", "/lots", {**mine, "dry_kg_min": 1, "sort": "dry"}),
        ("one lot", "/lot", {"lot": lot}),
        ("custody", "/lot/custody", {"lot": lot}),
        ("origins", "/lot/origins", of),
        ("lineage, one step", "/lot/lineage", of),
        ("arithmetic", "/lot/explain", of),
        ("one event", "/event", {"event": f"bench:{draw.integers(n_events)}"}),
        ("entries, latest", "/events", {"limit": 100}),
        ("overview", "/overview", {}),
        ("proof of an event", "/log/inclusion", {"event": f"bench:{draw.integers(n_events)}"}),
    ]


@contextmanager
def served(ledger: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Serve a ledger from a process of its own; give its address and the number of the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oreline", "serve", "--port", str(port)]
    command += ["--ledger", str(ledger), "--accounts", str(folder / "accounts.db")]
    environment = {**os.environ, "ORELINE_HOME": str(folder / "home")}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/health/live")
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(60)


def _wait(address: str) -> None:
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end:
        try:
            if httpx.get(address).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer")


def ask(address: str, seed: int, sizes: Sizes, rounds: int, times: Times) -> None:
    """Ask every question some times over, each round about other lots, in another order.

    The table is also walked, as somebody does who scrolls: each page begins where the last ended.
    """
    draw = np.random.default_rng(seed)
    walk: Query = {"sort": "last", "limit": 100}
    with httpx.Client(base_url=f"{address}/api/v1", timeout=START_LIMIT_S) as client:
        for _ in range(rounds):
            asked = [*questions(draw, *sizes), (WALK, "/lots", walk)]
            for place in draw.permutation(len(asked)).tolist():
                name, path, query = asked[place]
                start = time.perf_counter()
                answer = client.get(path, params=query)
                times[name].append(time.perf_counter() - start)
                assert answer.status_code == 200, answer.text
                if name == WALK:
                    walk = {**walk, "after": answer.json()["result"]["next"]}


class Memory:
    """The resident memory of a server after every so many answers, read by a thread beside."""

    def __init__(self, process: int, each: Sequence[Times]) -> None:
        self.curve: list[tuple[int, float]] = []
        self._process, self._each = process, each
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        """Begin to read."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Read for the last time."""
        self._stop.set()
        self._thread.join()
        self.curve.append((self._answers(), resident_mib(self._process)))

    def _answers(self) -> int:
        return sum(len(values) for times in self._each for values in list(times.values()))

    def _read(self) -> None:
        while not self._stop.wait(0.05):
            count = self._answers()
            if count >= len(self.curve) * MEMORY_EVERY:
                self.curve.append((count, resident_mib(self._process)))


def together(
    address: str, process: int, sizes: Sizes, rounds: int
) -> tuple[Times, float, list[tuple[int, float]]]:
    """Let many people ask at once; return all times, requests a second, and the memory's curve."""
    each: list[Times] = [defaultdict(list) for _ in range(PEOPLE)]
    threads = [
        threading.Thread(target=ask, args=(address, 100 + number, sizes, rounds, times))
        for number, times in enumerate(each)
    ]
    start = time.perf_counter()
    with Memory(process, each) as memory:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wall = time.perf_counter() - start
    whole: Times = defaultdict(list)
    for times in each:
        for name, values in times.items():
            whole[name].extend(values)
    return whole, sum(map(len, whole.values())) / wall, memory.curve


def resident_mib(process: int) -> float:
    """Return the resident memory of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def at(values: Sequence[float], part: float) -> str:
    """Return a percentile in milliseconds."""
    ranked = sorted(values)
    return f"{1e3 * ranked[min(len(ranked) - 1, int(part * len(ranked)))]:.3g}"


def made_ledger(place: Path, n_lots: int) -> None:
    """Write a ledger of so many lots, with shipments under a contract."""
    with create_store(place, {"id": "bench", "tense": "actual"}) as store:
        mined = written(generate(n_lots, "shallow", with_events=True))
        events = chain(mined, sales(n_lots))
        while batch := list(islice(events, 10_000)):
            store.append(batch)


def addresses(n_lots: int) -> list[str]:
    """Return every page that somebody opens from the rail, and those of one lot and one entry."""
    lot, middle = f"b:lot-{n_lots // 2}", "bench:1000"
    rail = ("/", "/lots", "/record", "/balance", "/assay", "/settle", "/settle/exchange", "/ask")
    return [*rail, "/verify", "/people", "/help", f"/lots/{lot}", f"/record/event?id={middle}"]


def ready(address: str) -> float:
    """Return how long a server took to say that it is ready."""
    start = time.perf_counter()
    while not httpx.get(f"{address}/health/ready", timeout=START_LIMIT_S).is_success:
        if time.perf_counter() - start > START_LIMIT_S:
            raise TimeoutError(f"{address} was never ready")
        time.sleep(0.1)
    return time.perf_counter() - start


def grown(program: str, address: str, process: int, place: Path, rounds: int) -> str:
    """Append an entry from another process some times; say how the next pages are."""
    paths = ("/", "/lots", "/balance", "/settle/exchange")
    waits: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        made = {"lot": f"b:new-{number}", "dry": MASS, "material": "bench", "grades": [GRADE]}
        with open_store(place) as store:
            store.append([{**NEW, "id": f"new:{number}", "body": {"outputs": [made]}}])
        for path in paths:
            times = page_times(program, address, process, [path], 1)[path]
            waits[path].append(times.first)
        start = time.perf_counter()
        while not _is_worked_in(address, f"b:new-{number}"):
            time.sleep(0.1)
        waits["worked in"].append(time.perf_counter() - start)
    told = ", ".join(f"`{path}` {statistics.median(waits[path]):,.0f}" for path in paths)
    later = statistics.median(waits["worked in"])
    return (
        f"Right after an entry was appended by another process, milliseconds until interactive in "
        f"a new browser, in this order: {told}. What is not worked in yet is said there; "
        f"{later:.1f} s after the last of these the table of lots had the new one."
    )


def _is_worked_in(address: str, lot: str) -> bool:
    query: Query = {"search": lot, "limit": 1}
    answer = httpx.get(f"{address}/api/v1/lots", params=query, timeout=START_LIMIT_S)
    return bool(answer.json()["result"]["total"])


def section(n_lots: int, ledger: Path | None, rounds: int, people_rounds: int, visits: int) -> str:
    """Measure, and return the section of the page."""
    program = installed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = ledger or folder / "ledger.db"
        if ledger is None:
            made_ledger(place, n_lots)
        with open_store(place) as store:
            n_events = sum(row.id.removeprefix("bench:").isdigit() for row in store.rows())
        sizes = n_lots, n_events
        with served(place, folder) as (address, _):
            cold = ready(address)
        with served(place, folder) as (address, process):
            warm = ready(address)
            pages, first, later = {}, None, ""
            if program is not None:
                first = page_times(program, address, process, ["/"], 1)["/"]
                pages = page_times(program, address, process, addresses(n_lots), visits)
            ask(address, 1, sizes, 3, defaultdict(list))
            alone: Times = defaultdict(list)
            ask(address, 2, sizes, rounds, alone)
            crowd, rate, curve = together(address, process, sizes, people_rounds)
            if program is not None:
                later = grown(program, address, process, place, 3)
    asked = sum(map(len, crowd.values()))
    started_words = (
        f"The server answers at once that it lives, and that it is ready {cold:.1f} s after the "
        f"very first start and {warm:.1f} s after any later one, which reads kept columns."
    )
    if first is not None:
        started_words += (
            f" The first page that anybody opened then was interactive after {first.first:,.0f} ms."
        )
    crowd_words = (
        f"{PEOPLE} people who ask without a pause, {asked:,} requests without an error: {rate:.0f} "
        "answers a second."
    )
    parts = (
        f"{n_lots:,} lots in {n_events:,} events; one process serves pages and API.",
        started_words,
        _told_pages(pages),
        later,
        _told_answers(alone, crowd),
        crowd_words,
        _told_memory(curve),
        f"{time.strftime('%Y-%m-%d', time.gmtime())}. {machine(PACKAGES)}",
    )
    return "\n\n".join(filter(None, parts))


def _told_pages(pages: dict[str, PageTimes]) -> str:
    if not pages:
        return "Pages were not timed: Chromium is not installed."
    head = ("page", "server", "CPU", "interactive, new browser", "interactive, again", "worst")
    return (
        "Pages in Chromium on the same machine, milliseconds, medians: the server's time for the "
        "document; the CPU time of the server until the page that is opened again is interactive, "
        "which is a part of the wall time beside it; and from the request until the page's socket "
        "answers and every part that is computed stands there, with an empty cache and when opened "
        "again.\n\n" + text_table(head, rows_of(pages))
    )


def _told_answers(alone: Times, crowd: Times) -> str:
    head = ("answer", "p50", "p95", f"{PEOPLE} people p50", f"{PEOPLE} people p95")
    lines = [
        [name, at(values, 0.5), at(values, 0.95), at(crowd[name], 0.5), at(crowd[name], 0.95)]
        for name, values in alone.items()
    ]
    return "Answers of the API, milliseconds of wall time on the asking side.\n\n" + text_table(
        head, sorted(lines)
    )


def _told_memory(curve: Sequence[tuple[int, float]]) -> str:
    step = max(1, len(curve) // 12)
    shown = [*curve[:-1:step], curve[-1]]
    head = ("answers", *(f"{count:,}" for count, _ in shown))
    table = text_table(head, [["MiB", *(f"{mib:,.0f}" for _, mib in shown)]])
    half = curve[len(curve) // 2 :]
    growth = half[-1][1] - half[0][1]
    return (
        f"Resident memory of the server meanwhile; in the second half it changed by "
        f"{growth:+.0f} MiB.\n\n{table}"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--lots", type=int, default=1_000_000)
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--people-rounds", type=int, default=27)
    parser.add_argument("--visits", type=int, default=3)
    options = parser.parse_args()
    if options.quick:
        print(section(2_000, None, 5, 2, 1))
        return
    written_section = section(
        options.lots, options.ledger, 40, options.people_rounds, options.visits
    )
    print(written_section)
    write_section("pages", "Pages and answers of a server", written_section)


if __name__ == "__main__":
    main()
