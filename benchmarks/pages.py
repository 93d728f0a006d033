"""Measure a server: the time of each answer for one person, and for 25 who ask at once.

``--quick`` runs a small ledger and prints without writing. ``--lots`` gives the number of lots.
The server is a real one on loopback, in a process of its own; times are those that the asking side
sees, from the request to the last byte. Every request draws other lots and other pages.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import httpx
import numpy as np

from _page import machine, text_table, write_section
from generate import generate
from ledger import ELEMENT, written
from oreline.record import create_store

PEOPLE = 25
START_LIMIT_S = 600.0
PACKAGES = ("fastapi", "uvicorn", "numpy", "polars", "orjson")
Query = dict[str, str | int]
Times = dict[str, list[float]]
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
    return [
        ("table, a page anywhere", "/lots", {"sort": sort, "at": place, "limit": 100}),
        ("table, with metal", "/lots", {"at": place, "limit": 100, "element": ELEMENT}),
        ("table, by metal", "/lots", {"sort": "metal", "element": ELEMENT, "at": place}),
        ("table, search", "/lots", {"search": str(place), "sort": "lot"}),
        ("table, two filters", "/lots", {"site": "mine-3", "dry_kg_min": 1, "sort": "dry"}),
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
    command = [sys.executable, "-m", "oreline", "serve", "--api-only", "--port", str(port)]
    command += ["--ledger", str(ledger), "--accounts", str(folder / "accounts.db")]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
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
    """Ask every question some times over, each round about other lots, in another order."""
    draw = np.random.default_rng(seed)
    with httpx.Client(base_url=f"{address}/api/v1", timeout=START_LIMIT_S) as client:
        for _ in range(rounds):
            asked = questions(draw, *sizes)
            for place in draw.permutation(len(asked)).tolist():
                name, path, query = asked[place]
                start = time.perf_counter()
                answer = client.get(path, params=query)
                times[name].append(time.perf_counter() - start)
                assert answer.status_code == 200, answer.text


def together(address: str, sizes: Sizes, rounds: int) -> tuple[Times, float]:
    """Let many people ask at once; return all times, and requests a second."""
    each: list[Times] = [defaultdict(list) for _ in range(PEOPLE)]
    threads = [
        threading.Thread(target=ask, args=(address, 100 + number, sizes, rounds, times))
        for number, times in enumerate(each)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - start
    whole: Times = defaultdict(list)
    for times in each:
        for name, values in times.items():
            whole[name].extend(values)
    return whole, sum(map(len, whole.values())) / wall


def resident_mib(process: int) -> float:
    """Return the resident memory of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def at(values: Sequence[float], part: float) -> str:
    """Return a percentile in milliseconds."""
    ranked = sorted(values)
    return f"{1e3 * ranked[min(len(ranked) - 1, int(part * len(ranked)))]:.3g}"


def section(n_lots: int, rounds: int, crowd_rounds: int) -> str:
    """Measure, and return the section of the page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        place = folder / "ledger.db"
        n_events = 0
        with create_store(place, {"id": "bench", "tense": "actual"}) as store:
            events = written(generate(n_lots, "shallow", with_events=True))
            while batch := list(islice(events, 10_000)):
                n_events += store.append(batch).appended
        with served(place, folder) as (address, process):
            sizes = n_lots, n_events
            first: Times = defaultdict(list)
            ask(address, 1, sizes, 1, first)
            alone: Times = defaultdict(list)
            ask(address, 2, sizes, rounds, alone)
            before = resident_mib(process)
            crowd, rate = together(address, sizes, crowd_rounds)
            after = resident_mib(process)
    head = ("answer", "first", "p50", "p95", f"{PEOPLE} people p50", f"{PEOPLE} people p95")
    lines = [
        [name, at(first[name], 0), at(values, 0.5), at(values, 0.95),
         at(crowd[name], 0.5), at(crowd[name], 0.95)]
        for name, values in alone.items()
    ]  # fmt: skip
    asked = sum(map(len, crowd.values()))
    return (
        f"{n_lots:,} lots in {n_events:,} events; one worker. Milliseconds of wall time on the "
        f"asking side. The column *first* is the first such question after the start: the ledger "
        f"is then read, and the orders of the table are made.\n\n{text_table(head, sorted(lines))}"
        f"\n\n{PEOPLE} people who ask without a pause, {asked:,} requests: {rate:.0f} answers a "
        f"second; resident memory {before:.0f} MiB before, {after:.0f} MiB after.\n\n"
        f"{machine(PACKAGES)}"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--lots", type=int, default=1_000_000)
    parser.add_argument("--people-rounds", type=int, default=30)
    options = parser.parse_args()
    if options.quick:
        print(section(2_000, 5, 2))
        return
    written_section = section(options.lots, 40, options.people_rounds)
    print(written_section)
    write_section("pages", "Answers of a server", written_section)


if __name__ == "__main__":
    main()
