"""Scenarios of a disruption model: the compiled kernel beside plain NumPy, in one run.

    python benchmarks/bench_disruption.py

Four stages, eleven countries, one event a country: outages with a probability of 10 %, and the same
with a certain export restriction, for which three markets are cleared instead of one, and outages
where each producer has its own supply elasticity, drawn in NumPy and cleared compiled. Rates are by
the CPU time of one thread; threads share the blocks and give the same bits. The section of
docs/benchmarks.md is written, unless ``--quick``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from _page import machine, text_table, write_section

sys.path.append(str(Path(__file__).parents[1] / "tests" / "stress" / "support"))
from disruption_cases import model

from oreline.stress._blocks import BLOCK, Block, blocks_of, computed, in_threads
from oreline.stress._kernels import scenarios
from oreline.stress._model_arrays import COLUMNS
from oreline.stress._plain import plain_scenarios

COMPILED, PLAIN, WHOLE = 400_000, 40_000, 1_000_000


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the CPU and the wall seconds of some work."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def _all(blocks: list[Block]) -> None:
    """Compute every block in threads."""
    for _ in in_threads(computed, blocks):
        continue


def line_of(name: str, restricted: int, part: int) -> list[str]:
    """Measure one case at a part of its size, and return the line of the table."""
    compiled, plain_count, whole = COMPILED // part, PLAIN // part, WHOLE // part
    m = model(restricted=restricted)
    if restricted:
        m = m._replace(threshold=np.concatenate([[np.inf], m.threshold[1:]]))
    out = np.empty((compiled, COLUMNS))
    scenarios(m, 1, 0, out[:BLOCK])
    fast, _ = timed(partial(scenarios, m, 1, 0, out))
    slow, _ = timed(partial(plain_scenarios, m, 1, 0, plain_count))
    plain = plain_scenarios(m, 1, 0, 5_000)
    error = np.abs(plain[:, :4] / out[:5_000, :4] - 1).max()
    _, wall = timed(partial(_all, list(blocks_of(m, 1, whole))))
    ours, theirs = compiled / fast, plain_count / slow
    return [
        name, f"{ours:,.0f}", f"{theirs:,.0f}", f"{ours / theirs:.0f}", f"{error:.0e}",
        f"{whole / wall:,.0f}",
    ]  # fmt: skip


def own_line(part: int) -> list[str]:
    """Measure outages where each producer has its own supply elasticity."""
    rng = np.random.default_rng(1)
    m = model(restricted=0)
    m = m._replace(producer_eta=rng.uniform(0.05, 0.9, m.share.size))
    count = PLAIN // part
    plain_scenarios(m, 1, 0, 10)
    slow, _ = timed(partial(plain_scenarios, m, 1, 0, count))
    whole = 4 * count
    _, wall = timed(partial(_all, list(blocks_of(m, 1, whole))))
    rate = f"{count / slow:,.0f}"
    return ["outages, an elasticity of each producer", rate, "", "", "", f"{whole / wall:,.0f}"]


def main() -> None:
    """Measure both cases and write the section; ``--quick`` takes a small size and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    where = machine(("numba", "numpy"))
    cases = (("outages", 0), ("a certain export restriction", 1))
    part = 50 if quick else 1
    lines = [line_of(name, restricted, part) for name, restricted in cases] + [own_line(part)]
    columns = [
        "case", "compiled, per CPU second", "NumPy, per CPU second", "ratio", "they differ by",
        "compiled, per second of the clock, all threads",
    ]  # fmt: skip
    content = (
        f"Scenarios of a chain of four stages and eleven countries, {WHOLE:,} by the clock. "
        f"A restriction clears three markets where an outage clears one. {where}\n\n"
        f"{text_table(columns, lines)}"
    )
    if quick:
        sys.stdout.write(content + "\n")
    else:
        write_section("stress-disruption", "Supply risk: disruptions", content)


if __name__ == "__main__":
    main()
