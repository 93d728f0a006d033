"""Measure the attribution engine and its rivals, and write the section of docs/benchmarks.md.

``--quick`` runs the smallest sizes and prints without writing. ``--sizes`` takes numbers of lots.
All times are CPU seconds of the process, threads included, unless a heading says wall time.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from _contestants import RIVALS, Oreline, OrelineFresh, OutOfTimeError, make_task, table_of
from _page import machine, text_table, write_section
from generate import Generated, generate
from oreline.trace._apportion import apportion_rows
from oreline.trace._attribute import attribute
from oreline.trace._bounds import share_bounds
from oreline.trace._restate import restate
from oreline.trace._row_files import open_rows, save_rows
from oreline.trace._rows import UNBOUNDED_MG, MixRows, extend_rows, make_rows
from oreline.trace._walk import descendant_marks, lineage, make_scratch, provenance_of

SHAPES = ("shallow", "pool")
RIVAL_LOTS_MAX = 1_000_000
SLOW_S = 5.0
DIFFERENCE_MAX = 1e-12
QUESTIONS = 200
QUESTIONS_S = 15.0
CORRECTIONS = 60
LEDGERS: dict[tuple[str, int], Generated] = {}


@dataclass(frozen=True, slots=True)
class Options:
    """What to run."""

    sizes: tuple[int, ...]
    reps: int
    limit_s: float


def ledger(shape: str, n_lots: int) -> Generated:
    """Return a generated ledger; one is kept at a time for each shape."""
    if (shape, n_lots) not in LEDGERS:
        for key in [key for key in LEDGERS if key[0] == shape]:
            del LEDGERS[key]
        LEDGERS[shape, n_lots] = generate(n_lots, "pool" if shape == "pool" else "shallow")
    return LEDGERS[shape, n_lots]


def columns_of(made: Generated, by: str) -> np.ndarray:
    """Return the column of each origin: one for each mine, or one for each country."""
    if by == "mines":
        return np.arange(made.rows.n_origins, dtype=np.int32)
    return made.country_of_origin


def cpu_seconds(function: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def seconds(value: float) -> str:
    """Return seconds with three significant digits."""
    return f"{value:.3g} s" if value >= 0.0995 else f"{value * 1e3:.3g} ms"


def run_contest(shape: str, n_lots: int, by: str, options: Options, out: set[str]) -> list[str]:
    """Time all contestants on one ledger, interleaved; check that they agree.

    Contestants that did not finish are added to `out` and sit out from then on.
    """
    made = ledger(shape, n_lots)
    task = make_task(made.rows, columns_of(made, by))
    running = [Oreline(), OrelineFresh()]
    running += [rival() for rival in RIVALS if rival.name not in out]
    for one in running:
        one.prepare(task)
    expected = Oreline.solve(running[0], options.limit_s).copy()
    times: dict[str, list[float]] = {one.name: [] for one in running}
    for _ in range(options.reps):
        for one in running:
            taken = times[one.name]
            if one.name in out or (taken and max(taken) > SLOW_S):
                continue
            gc.collect()
            start = time.process_time()
            try:
                answer = one.solve(options.limit_s)
            except OutOfTimeError:
                out.add(one.name)
                continue
            taken.append(time.process_time() - start)
            if len(taken) == 1:
                difference = np.abs(table_of(answer, expected.shape) - expected).max()
                assert difference < DIFFERENCE_MAX, (one.name, difference)
            del answer
    own = float(np.median(times["oreline"]))
    cells = [f"{shape}, {n_lots:.0e}, {by}".replace("e+0", "e"), seconds(own)]
    cells.append(f"{float(np.median(times['oreline, fresh memory'])) / own:.1f}")
    for rival in RIVALS:
        taken = times.get(rival.name, [])
        done = bool(taken) and rival.name not in out
        cells.append(f"{float(np.median(taken)) / own:,.0f}" if done else "not finished")
    print(" | ".join(cells), flush=True)
    return cells


def contests(options: Options) -> str:
    """Return the table of ratios."""
    lines = []
    for shape in SHAPES:
        for by in ("mines", "countries"):
            out: set[str] = set()
            sizes = [n_lots for n_lots in options.sizes if n_lots <= RIVAL_LOTS_MAX]
            lines.extend(run_contest(shape, n_lots, by, options, out) for n_lots in sizes)
    names = ["fresh memory", *(rival.name for rival in RIVALS)]
    return text_table(["ledger, lots, columns", "oreline", *(f"{n} (x)" for n in names)], lines)


def copy_bandwidth() -> float:
    """Return bytes read and written per CPU second by a plain copy of a large array."""
    a, b = np.ones(1 << 26), np.zeros(1 << 26)
    times = [cpu_seconds(lambda: np.copyto(b, a)) for _ in range(7)]
    return 2 * a.nbytes / float(np.median(times))


def bytes_touched(rows: MixRows, width: int) -> int:
    """Return the bytes of shares written, and read from earlier rows; cached or not."""
    reads = int(np.count_nonzero((rows.source >= rows.n_origins) & (rows.weight_lo_mg[0] > 0)))
    return 8 * width * (reads + rows.n_rows)


def full_passes(options: Options) -> str:
    """Return the table of full passes: times, and how far they are from the memory's speed."""
    copy = copy_bandwidth()
    lines = []
    for n_lots in options.sizes:
        for shape in SHAPES:
            made = ledger(shape, n_lots)
            for by in ("mines", "countries"):
                column = columns_of(made, by)
                width = int(column.max()) + 1
                if made.rows.n_rows * width * 8 > 6e9:
                    continue
                fresh = cpu_seconds(lambda m=made, c=column: attribute(m.rows, 0, c))
                buffer = np.zeros((made.rows.n_rows, width))
                times = [
                    cpu_seconds(lambda m=made, c=column, b=buffer: attribute(m.rows, 0, c, b))
                    for _ in range(options.reps)
                ]
                reused = float(np.median(times))
                touched = bytes_touched(made.rows, width)
                rate = touched / reused
                lines.append(
                    [
                        f"{shape}, {len(made.lot_node):,}",
                        f"{made.rows.n_rows:,}",
                        f"{width}",
                        seconds(reused),
                        seconds(fresh),
                        f"{touched / 1e9:.2f} GB",
                        f"{rate / 1e9:.1f} GB/s",
                        f"{100 * rate / copy:.0f} %",
                    ]
                )
                print(" | ".join(lines[-1]), flush=True)
                del buffer
    header = ["ledger, lots", "mix rows", "columns", "reused buffer", "first call, fresh memory"]
    header += ["bytes touched", "rate", f"of a copy ({copy / 1e9:.1f} GB/s)"]
    return text_table(header, lines)


def percentiles(function: Callable[[int], object], asked: Sequence[int]) -> tuple[str, str, str]:
    """Return median, 95th percentile and maximum of the wall time of single calls.

    Asking ends early once the questions together have taken `QUESTIONS_S`.
    """
    times: list[float] = []
    for one in asked:
        if sum(times) > QUESTIONS_S:
            break
        start = time.perf_counter()
        function(int(one))
        times.append(time.perf_counter() - start)
    median, high = np.percentile(times, [50, 95])
    return seconds(float(median)), seconds(float(high)), seconds(max(times))


def questions(shape: str, n_lots: int) -> list[list[str]]:
    """Return lines on single questions to rows mapped from files."""
    made = ledger(shape, n_lots)
    rng = np.random.Generator(np.random.Philox(7))
    with tempfile.TemporaryDirectory() as folder:
        save_rows(Path(folder), made.rows, made.lot_node)
        start = time.perf_counter()
        stored = open_rows(Path(folder))
        opened = time.perf_counter() - start
        rows, lot_node = stored.rows, stored.lot_node
        assert lot_node is not None
        column, scratch = made.country_of_origin, make_scratch(rows)
        lots = rng.integers(0, len(lot_node), QUESTIONS)
        origins = rng.integers(1, rows.n_origins, 10)

        def recall(lot: int) -> np.ndarray:
            marks = descendant_marks(rows, np.array([lot_node[lot]], np.int64), None)
            return np.flatnonzero(marks[lot_node])

        asked: list[tuple[str, Callable[[int], object], np.ndarray]] = [
            (
                "one lot: shares by country",
                lambda lot: provenance_of(rows, 0, int(lot_node[lot]), column, scratch=scratch),
                lots,
            ),
            (
                "one lot: all it was made from",
                lambda lot: lineage(rows, int(lot_node[lot]), scratch=scratch),
                lots,
            ),
            ("one lot: recall of all lots with its mix", recall, lots[:50]),
            (
                "one mine: its share in every mix",
                lambda origin: attribute(rows, 0, np.arange(rows.n_origins) == origin),
                origins,
            ),
        ]
        lines = []
        for name, function, values in asked:
            function(int(values[0]))
            cells = percentiles(function, values)
            lines.append([f"{shape}, {n_lots:.0e}: {name}".replace("e+0", "e"), *cells])
        name = f"{shape}, {n_lots:.0e}: opening the files".replace("e+0", "e")
        lines.append([name, seconds(opened), "", ""])
    return lines


def corrected(rows: MixRows, row: int) -> MixRows:
    """Return the rows with the first entry of one row doubled."""
    weight = rows.weight_lo_mg.copy()
    weight[:, rows.indptr[row]] *= 2
    return MixRows(
        rows.indptr, rows.source, weight, weight, rows.n_origins, rows.cycle_ptr, rows.cycle_rows
    )


def appended(rows: MixRows, n_new: int) -> MixRows:
    """Return new rows of five sources each among the latest rows."""
    rng = np.random.Generator(np.random.Philox(11))
    source = rng.integers(rows.n_nodes - min(5000, rows.n_rows), rows.n_nodes, 5 * n_new)
    weight = rng.integers(1, 10**12, size=(rows.n_elements, 5 * n_new))
    return make_rows(np.arange(n_new + 1) * 5, source, weight, rows.n_origins)


def changes(n_lots: int) -> list[list[str]]:
    """Return lines on appending and correcting."""
    made = ledger("pool", n_lots)
    rows, column = made.rows, made.country_of_origin
    width = int(column.max()) + 1
    buffer = np.zeros((rows.n_rows + 1000, width))
    full = [cpu_seconds(lambda: attribute(rows, 0, column, buffer)) for _ in range(5)]
    lines = [["full pass", seconds(float(np.median(full))), "", ""]]
    for n_new in (1, 1000):
        later = appended(rows, n_new)
        extended = extend_rows(rows, later)
        extending = [cpu_seconds(lambda r=later: extend_rows(rows, r)) for _ in range(9)]
        sharing = [
            cpu_seconds(lambda r=extended: attribute(r, 0, column, buffer, first_row=rows.n_rows))
            for _ in range(9)
        ]
        for name, times in (("arrays", extending), ("shares", sharing)):
            low, high = float(np.median(times)), max(times)
            lines.append([f"append {n_new:,} rows: {name}", seconds(low), "", seconds(high)])
    shares = buffer[: rows.n_rows]
    rng = np.random.Generator(np.random.Philox(13))
    times, dirty = [], []
    for row in rng.integers(0, rows.n_rows, CORRECTIONS).tolist():
        after = corrected(rows, row)
        attribute(rows, 0, column, shares)
        start = time.process_time()
        redone = restate(after, shares, [row], 0, column)
        times.append(time.process_time() - start)
        dirty.append(len(redone))
        if len(times) <= 3:
            assert (shares == attribute(after, 0, column)).all()
    for name, values, form in (
        ("correct one row", times, seconds),
        ("rows computed again", dirty, lambda value: f"{value:,.0f}"),
    ):
        low, high = np.percentile(values, [50, 95])
        lines.append([name, form(float(low)), form(float(high)), form(float(max(values)))])
    return lines


def bounds_and_milligrams(n_lots: int) -> list[list[str]]:
    """Return lines on share bounds and on apportionment."""
    made = ledger("pool", n_lots)
    rows, column = made.rows, made.country_of_origin
    rng = np.random.Generator(np.random.Philox(17))
    upper = rows.weight_lo_mg.copy()
    chosen = rng.random(rows.n_entries) < 0.02
    upper[0, chosen] = np.where(rng.random(chosen.sum()) < 0.2, UNBOUNDED_MG, upper[0, chosen] * 2)
    bounded = MixRows(
        rows.indptr,
        rows.source,
        rows.weight_lo_mg,
        upper,
        rows.n_origins,
        rows.cycle_ptr,
        rows.cycle_rows,
    )
    width = int(column.max()) + 1
    out = (np.zeros((rows.n_rows, width)), np.zeros((rows.n_rows, width)))
    times = [cpu_seconds(lambda: share_bounds(bounded, 0, column, out)) for _ in range(3)]
    lines = [
        [
            f"bounds by country, {rows.n_rows:,} rows, 2 % of weights open",
            seconds(float(np.median(times))),
        ]
    ]
    totals = rng.integers(0, 10**15, 200_000)
    for n_parts in (6, 61):
        shares = rng.dirichlet(np.ones(n_parts), 200_000)
        apportion_rows(totals[:2], shares[:2])
        taken = float(
            np.median([cpu_seconds(lambda s=shares: apportion_rows(totals, s)) for _ in range(3)])
        )
        rate = f"{len(totals) / taken / 1e6:.2g} million/s"
        lines.append([f"apportioning a total to {n_parts} parts", rate])
    return lines


FIRST_CALL = """
import time; start = time.perf_counter()
from oreline.trace._rows import make_rows
from oreline.trace._attribute import attribute
rows = make_rows([0, 2], [1, 2], [[1, 1]], 3)
imported = time.perf_counter(); attribute(rows, 0)
print(imported - start, time.perf_counter() - imported)
"""


def first_calls() -> list[list[str]]:
    """Return lines on the first attribution of a process, before and after compiling."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        for name in ("compiling", "with the compiled code on disk"):
            done = subprocess.run(
                [sys.executable, "-c", FIRST_CALL],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            )
            imported, called = (float(part) for part in done.stdout.split())
            lines.append([name, seconds(imported), seconds(called)])
    return lines


INTRODUCTION = """\
How long attribution takes: which share of each mix comes from which mine or country, for one
element. Written by `python benchmarks/engine.py`; run it on your own machine."""

DATA = """\
Data: ledgers made by `benchmarks/generate.py` with one fixed seed, 300 mines in 60 countries and
UNKNOWN, twelve stages from mine to magnet. *Shallow* has no tanks; *pool* has twenty tanks and one
large pool. How many mix rows a ledger has is a property of this generator: a real ledger may have
several times as many."""

METHOD = """\
Method: CPU seconds of the process (all threads), medians of up to {reps} rounds in which all
contestants take turns; a contestant that needs more than {slow_s:.0f} s runs once. *Not finished*:
more than {limit_s:.0f} s of wall time or 6 GB in one run, at this size or a smaller one. All get
the same mix rows; building graphs, tables, matrices and levels is not counted. The first answer of
each finished cell was compared with ours: none differed by more than {difference:g} of a share."""

CONTEST = """\
Columns marked (x) say how many times as much CPU time as `oreline` with a reused buffer took in
the same rounds. The recursive queries follow every path from a mix to its mines."""

PASSES = """\
The rate counts shares written and shares read from earlier rows. Some of those come from cache, so
small ledgers can beat a copy of 0.5 GB, which is what this machine's memory can do."""

QUESTIONS_ASKED = """\
Rows are mapped from files that the system has in memory; one call before the clock. {questions}
lots at random (50 for recalls), 10 mines; fewer where one kind takes over {seconds:.0f} s."""

CHANGES = """\
Appending copies the arrays of the rows, so append many at a time. Corrections double one weight of
a random row ({corrections} of them); a correction finds the row's descendants, then computes them
again, or everything where they are more than 30 %."""


def section(options: Options) -> str:
    """Run everything and return the section as Markdown."""
    tools = ("numpy", "numba", "scipy", "networkx", "rustworkx", "polars", "duckdb")
    described = machine(tools)
    rival_max = max(n for n in options.sizes if n <= RIVAL_LOTS_MAX)
    asked = [(shape, max(options.sizes)) for shape in SHAPES]
    if rival_max < max(options.sizes):
        asked.append(("pool", rival_max))
    method = METHOD.format(
        reps=options.reps,
        slow_s=SLOW_S,
        limit_s=options.limit_s,
        difference=DIFFERENCE_MAX,
    )
    parts = [INTRODUCTION, f"Machine: {described}", DATA, method]
    parts += ["### Against other tools", CONTEST, contests(options)]
    parts += ["### Full passes", PASSES, full_passes(options)]
    parts += [
        "### Single questions, wall time",
        QUESTIONS_ASKED.format(questions=QUESTIONS, seconds=QUESTIONS_S),
    ]
    lines = [line for shape, n_lots in asked for line in questions(shape, n_lots)]
    parts.append(text_table(["question", "median", "95 %", "most"], lines))
    parts.append(f"### Appending and correcting (pool, {rival_max:,} lots, 61 columns)")
    parts.append(CHANGES.format(corrections=CORRECTIONS))
    parts.append(text_table(["step", "median", "95 %", "most"], changes(rival_max)))
    parts.append("### Bounds and whole milligrams")
    parts.append(text_table(["step", "CPU time or rate"], bounds_and_milligrams(rival_max)))
    parts.append("### First attribution of a process, wall time")
    parts.append(text_table(["first call", "importing", "attributing one row"], first_calls()))
    parts.append(f"Load average at the end: {os.getloadavg()[0]:.1f}.")
    return "\n\n".join(parts)


def main() -> None:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="smallest sizes; print only")
    parser.add_argument("--sizes", default="10000,100000,1000000,10000000")
    parser.add_argument("--reps", type=int, default=5)
    parser.add_argument("--limit-s", type=float, default=60.0)
    given = parser.parse_args()
    if given.quick:
        print(section(Options((10_000,), 3, 5.0)))
        return
    sizes = tuple(sorted(int(float(size)) for size in given.sizes.split(",")))
    content = section(Options(sizes, given.reps, given.limit_s))
    write_section("engine", "Engine", content)
    print(content)


if __name__ == "__main__":
    main()
