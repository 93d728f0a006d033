"""Measure the whole path of a ledger: from events as written to answers on the screen.

``--quick`` runs the smallest size and prints without writing. ``--sizes`` takes numbers of lots.
Durable appends are wall time, for the disk decides; all else is CPU seconds of the process unless
a heading says wall time.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from _page import machine, text_table, write_section
from generate import Generated, events_of, generate
from oreline.record import Store, create_store, load_ledger, open_books, open_store
from oreline.trace import Tracer, build_graph, recall, trace_origins
from oreline.trace._attribute import attribute

ELEMENT = "Sb"
GRADE = {"analyte": ELEMENT, "value": "100", "unit": "%", "u": "0", "basis": "assumed"}
BATCHES = (1, 100, 10_000)
PACKAGES = ("numpy", "numba", "polars", "pydantic", "sqlalchemy", "orjson")
QUESTIONS = 200


def written(made: Generated) -> Iterator[dict[str, Any]]:
    """Yield the generated events as a user would write them: one a minute, all masses in kg."""
    for number, event in enumerate(events_of(made)):
        minute = number % 525_600
        moment = time.gmtime(1_609_459_200 + 60 * minute)
        kind = "extract" if not event["inputs"] else "process"
        body: dict[str, Any] = {"outputs": [_line(line, made=True) for line in event["outputs"]]}
        if event["inputs"]:
            body["inputs"] = [_line(line, made=False) for line in event["inputs"]]
        site = f"mine-{event['origin']}" if "origin" in event else event["site"]
        yield {
            "schema": f"{kind}/1",
            "id": f"bench:{number}",
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", moment),
            "actor": "bench",
            "party": "bench",
            "site": site,
            "body": body,
        }


def _line(line: dict[str, Any], *, made: bool) -> dict[str, Any]:
    mass = {"value": str(line["mass_mg"][0]), "unit": "mg", "u": "0", "basis": "assumed"}
    written_line: dict[str, Any] = {"lot": f"b:{line['lot']}", "dry": mass}
    if made:
        written_line |= {"material": "bench", "grades": [GRADE]}
    return written_line


def raw_fsyncs(folder: Path, payload: bytes, count: int) -> float:
    """Return appends a second of the bare file system: write, fdatasync, again."""
    path = folder / "raw"
    with path.open("wb") as file:
        start = time.perf_counter()
        for _ in range(count):
            file.write(payload)
            file.flush()
            os.fdatasync(file.fileno())
        return count / (time.perf_counter() - start)


def appends(folder: Path, events: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Measure durable appends at each batch size, beside the bare file system in turn."""
    rows = []
    _set_aside()
    for batch in BATCHES:
        rates, bare, cpu = [], [], []
        for turn in range(3):
            wanted = max(batch, min(300, len(events) // 3)) if batch == 1 else max(batch, 5_000)
            part = events[: min(len(events), wanted)]
            store = _fresh(folder / f"append-{batch}-{turn}.db")
            payload = b"x" * 700 * min(batch, len(part))
            bare.append(raw_fsyncs(folder, payload, max(3, len(part) // batch)) * batch)
            start, used = time.perf_counter(), time.process_time()
            for first in range(0, len(part), batch):
                store.append(part[first : first + batch])
            rates.append(len(part) / (time.perf_counter() - start))
            cpu.append((time.process_time() - used) / len(part) * 1e6)
            store.close()
        rate, floor = statistics.median(rates), statistics.median(bare)
        rows.append(
            [
                f"{batch:,}",
                f"{rate:,.0f}",
                f"{statistics.median(cpu):.0f} us",
                f"{floor:,.0f}",
                f"{rate / floor:.2f}",
            ]
        )
    return rows


def _set_aside() -> None:
    """Keep the garbage collector off the events that wait: they are the caller's, not the work."""
    gc.collect()
    gc.freeze()


def _fresh(path: Path) -> Store:
    return create_store(path, {"id": "bench", "tense": "actual"})


def cpu(function: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a call and what it returned."""
    start = time.process_time()
    answer = function()
    return time.process_time() - start, answer


def path_of(folder: Path, made: Generated, n_lots: int) -> tuple[list[str], Path, list[str]]:
    """Measure append, read, book, graph and attribution of one ledger; check the answer."""
    events = list(written(made))
    _set_aside()
    place = folder / f"ledger-{n_lots}.db"
    store = _fresh(place)
    start = time.perf_counter()
    for first in range(0, len(events), 1000):
        store.append(events[first : first + 1000])
    appended = len(events) / (time.perf_counter() - start)
    cache = place.with_suffix(".snapshot.npz")
    read_s, ledger = cpu(lambda: load_ledger(store, cache=cache))
    again_s, ledger = cpu(lambda: load_ledger(store, cache=cache))
    books = open_books(ledger)
    book_s, _ = cpu(lambda: books.book(ELEMENT))
    graph_s, graph = cpu(lambda: build_graph(books))
    tracer = Tracer(graph)
    rows = graph.rows(ELEMENT)
    level = tracer.level("site")
    buffer = np.empty((rows.n_rows, len(level.paths)))
    attribute(rows, 0, level.column, buffer)
    share_s, shares = cpu(lambda: attribute(rows, 0, level.column, buffer))
    _same_answers(made, tracer, shares)
    latency = _latencies(tracer)
    line = [
        f"{n_lots:,}",
        f"{len(events):,}",
        f"{appended:,.0f}",
        f"{read_s:.2f}",
        f"{again_s:.2f}",
        f"{book_s:.2f}",
        f"{graph_s:.2f}",
        f"{rows.n_rows:,}",
        f"{share_s:.3f}",
    ]
    store.close()
    return line, place, [f"{n_lots:,}", *latency]


def _same_answers(made: Generated, tracer: Tracer, shares: np.ndarray) -> None:
    """Check the path from events against the generator's own arrays, mine by mine, on 200 lots."""
    straight = attribute(made.rows, 0, None)
    graph, level = tracer.graph, tracer.level("site")
    column = {path[-1]: place for place, path in enumerate(level.paths)}
    n_origins = made.rows.n_origins
    rng = np.random.Generator(np.random.Philox(7))
    for lot in rng.integers(0, len(made.lot_node), QUESTIONS).tolist():
        node = int(graph.lot_node[tracer.lot(f"b:lot-{lot}")])
        theirs = int(made.lot_node[lot])
        ours = np.zeros(n_origins)
        for mine in range(n_origins):
            place = column.get(f"mine-{mine}")
            if place is None:
                continue
            if node < graph.n_origins:
                ours[mine] = float(level.column[node] == place)
            else:
                ours[mine] = shares[node - graph.n_origins, place]
        expected = np.eye(n_origins)[theirs] if theirs < n_origins else straight[theirs - n_origins]
        assert np.abs(ours - expected).max() < 1e-9, lot


def _latencies(tracer: Tracer) -> list[str]:
    """Measure single questions of a warm process, wall time in milliseconds."""
    names = tracer.graph.ledger.columns.lots.names
    rng = np.random.Generator(np.random.Philox(11))
    asked = [names[place] for place in rng.integers(0, len(names), QUESTIONS).tolist()]
    trace_origins(tracer, asked[0], ELEMENT)
    mine = next(path[-1] for path in tracer.level("site").paths if path[-1].startswith("mine-"))
    found: list[str] = []
    for function in (
        lambda lot: trace_origins(tracer, lot, ELEMENT, ("country", "district", "site")),
        lambda _: recall(tracer, "site", mine, ELEMENT),
    ):
        taken = []
        for lot in asked if not found else asked[:20]:
            start = time.perf_counter()
            function(lot)
            taken.append((time.perf_counter() - start) * 1000)
        taken.sort()
        found += [f"{statistics.median(taken):.1f}", f"{taken[int(len(taken) * 0.95)]:.1f}"]
    return found


def corrections(place: Path) -> list[str]:
    """Measure one correction of an old assay: append it, read, and answer for one lot again."""
    with open_store(place) as store:
        ledger = load_ledger(store)
        lot = ledger.columns.lots.names[40]
        body = {"lot": lot, "role": "umpire", "results": [{**GRADE, "value": "90"}]}
        event = {
            "schema": "assay/1",
            "id": "bench:assay",
            "time": "2021-06-01T00:00:00Z",
            "actor": "bench",
            "body": body,
        }
        start = time.perf_counter()
        store.append([event])
        appended = time.perf_counter() - start
        start = time.perf_counter()
        cache = place.with_suffix(".snapshot.npz")
        tracer = Tracer(build_graph(open_books(load_ledger(store, cache=cache))))
        trace_origins(tracer, lot, ELEMENT)
        answered = time.perf_counter() - start
    return [f"{appended * 1000:.1f} ms", f"{answered:.2f} s"]


def cold_command(place: Path) -> str:
    """Measure a whole command from the shell, wall time."""
    ask = f"trace origins b:lot-40 --element {ELEMENT}"
    command = f"-m oreline {ask} --json --ledger {place}"
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command.split()], check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return f"{statistics.median(taken):.2f} s"


INTRODUCTION = """\
The whole path of a ledger, from events as written to answers. Written by
`python benchmarks/ledger.py`; run it on your own machine."""

METHOD = """\
Data: the events behind the pool ledger of the engine's section (`benchmarks/generate.py`), one a
minute, three lines and a grade each on average. An append parses and validates every field, judges
the event against the running book, writes canonical JSON, hashes it into the Merkle log and commits
with `synchronous = FULL`. *Bare* is the same number of bytes written and synced to a file in turn
with it; the disk is shared and its sync moves several times between passes, so only the ratio says
something. The answers of 200 lots are compared with the generator's own arrays at every size."""


def section(sizes: Sequence[int]) -> str:
    """Run everything and return the section as Markdown."""
    lines, latencies, places = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = generate(min(max(sizes), 30_000), "pool", with_events=True)
        durable = appends(folder, list(written(first)))
        for n_lots in sizes:
            made = generate(n_lots, "pool", with_events=True)
            line, place, latency = path_of(folder, made, n_lots)
            lines.append(line)
            latencies.append(latency)
            places.append(place)
            del made
        for latency, place in zip(latencies, places, strict=True):
            latency += [cold_command(place), *corrections(place)]
    head = ["lots", "events", "appended/s", "read", "read again", "book", "graph", "rows", "shares"]
    asked = ["lots", "origins p50 ms", "p95 ms", "recall p50 ms", "p95 ms"]
    asked += ["cold command", "append a late assay", "and answer again"]
    parts = [INTRODUCTION, f"Machine: {machine(PACKAGES)}", METHOD]
    parts += ["### Durable appends, wall time, medians of three"]
    parts += [text_table(["batch", "events/s", "CPU an event", "bare/s", "ratio"], durable)]
    parts += ["### From the log to the answer, CPU seconds (appends: wall, batches of 1,000)"]
    parts += [text_table(head, lines)]
    parts += ["### Questions, wall time", text_table(asked, latencies)]
    return "\n\n".join(parts)


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="smallest size; print only")
    parser.add_argument("--sizes", default="10000,100000,1000000")
    given = parser.parse_args()
    sizes = [10_000] if given.quick else [int(float(size)) for size in given.sizes.split(",")]
    content = section(sizes)
    if not given.quick:
        write_section("ledger", "Ledger", content)
    print(content)


if __name__ == "__main__":
    main()
