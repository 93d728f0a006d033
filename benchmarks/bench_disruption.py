"""Scenarios of a disruption model: the compiled kernel beside plain NumPy, in one run.

    python benchmarks/bench_disruption.py

Four stages, eleven countries, one event a country: outages with a probability of 10 %, and the same
with a certain export restriction, for which three markets are cleared instead of one. Rates are by
the CPU time of one thread; threads share the blocks and give the same bits.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

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


def main() -> None:
    """Write a line for each case; with ``--quick`` at a size that takes seconds."""
    part = 50 if "--quick" in sys.argv else 1
    compiled, plain_count, whole = COMPILED // part, PLAIN // part, WHOLE // part
    for name, restricted in (("outages", 0), ("a certain restriction", 1)):
        m = model(restricted=restricted)
        if restricted:
            m = m._replace(threshold=np.concatenate([[np.inf], m.threshold[1:]]))
        out = np.empty((compiled, COLUMNS))
        scenarios(m, 1, 0, out[:BLOCK])
        fast, _ = timed(partial(scenarios, m, 1, 0, out))
        slow, _ = timed(partial(plain_scenarios, m, 1, 0, plain_count))
        plain = plain_scenarios(m, 1, 0, 5_000)
        error = np.abs(plain[:, :4] / out[:5_000, :4] - 1).max()
        blocks = list(blocks_of(m, 1, whole))
        _, wall = timed(partial(_all, blocks))
        sys.stdout.write(
            f"{name}: {compiled / fast:,.0f} scenarios a CPU second compiled, "
            f"{plain_count / slow:,.0f} in NumPy; they differ by {error:.0e}; {whole:,} in "
            "threads take "
            f"{wall:.2f} s of wall time\n"
        )


if __name__ == "__main__":
    main()
