"""Measure drill holes: from the bytes of the tables to composites with coordinates.

``--quick`` takes few rows and prints without writing. ``--rows`` gives how many assays.
"""

from __future__ import annotations

import argparse
import io
import resource
import textwrap
import time

import numpy as np

from _page import machine, text_table, write_section
from oreline.explore import CompositeSettings, composite, read_holes

TOLD = (
    "How long it takes from the files of a large drilling campaign to composites with coordinates: "
    "500 assays of two analytes in each hole, some below detection, a survey reading every 30 m, "
    "all checks. Written by `python benchmarks/drillholes.py`; run it on your own machine."
)
METHOD = "CPU seconds of one process, all its threads together; memory is the most it held."
PACKAGES = ("polars", "numpy")
PER_HOLE = 500
MAPPING = """\
length_unit = "m"
coordinate_unit = "m"
crs = "local"
dip = "negative down"
azimuth = "grid"
collars = {file = "collar.csv", hole = "hole", x = "x", y = "y", z = "z", depth = "depth"}
surveys = {file = "survey.csv", hole = "hole", depth = "depth", azimuth = "azimuth", dip = "dip"}
[assays]
file = "assay.csv"
hole = "hole"
from = "from"
to = "to"
[assays.analytes]
Cu = {column = "Cu_pct", unit = "%"}
Mo = {column = "Mo_ppm", unit = "ppm"}
[codes]
value = "half"
"""


def tables(rows: int) -> dict[str, bytes]:
    """Return the files of so many assays."""
    rng = np.random.default_rng(1)
    holes = max(1, rows // PER_HOLE)
    assays, surveys, collars = io.StringIO(), io.StringIO(), io.StringIO()
    assays.write("hole,from,to,Cu_pct,Mo_ppm\n")
    surveys.write("hole,depth,azimuth,dip\n")
    collars.write("hole,x,y,z,depth\n")
    for hole in range(holes):
        edges = np.cumsum(rng.choice([1, 1.5, 2], PER_HOLE + 1))
        edges -= edges[0]
        copper = rng.lognormal(-1, 0.8, PER_HOLE)
        molybdenum = rng.lognormal(3, 0.8, PER_HOLE)
        assays.write("".join(
            f"H{hole},{edges[i]:g},{edges[i + 1]:g},{copper[i]:.3f},"
            f"{'<5' if molybdenum[i] < 5 else format(molybdenum[i], '.0f')}\n"
            for i in range(PER_HOLE)
        ))  # fmt: skip
        collars.write(f"H{hole},{hole % 50 * 50},{hole // 50 * 50},900,{edges[-1]:g}\n")
        surveys.write("".join(
            f"H{hole},{depth},{90 + depth / 50:.1f},{-60 + depth / 100:.1f}\n"
            for depth in range(0, int(edges[-1]), 30)
        ))  # fmt: skip
    texts = {"explore.toml": MAPPING, "assay.csv": assays.getvalue(),
             "survey.csv": surveys.getvalue(), "collar.csv": collars.getvalue()}  # fmt: skip
    return {name: text.encode() for name, text in texts.items()}


def measure(rows: int) -> list[tuple[str, str, str]]:
    """Return what was done, how much of it, and how long it took."""
    files = tables(rows)
    size = sum(len(data) for data in files.values()) / 1e6
    start = time.process_time()
    holes = read_holes(files).holes
    assert holes is not None
    middle = time.process_time()
    made = composite(holes, CompositeSettings(2.0))
    end = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        ("read and check the tables", f"{holes.assays.height:,} assays, {size:.0f} MB",
         f"{middle - start:.2f} s"),
        ("composites of 2 m", f"{made.frame.height:,}", f"{end - middle:.2f} s"),
        ("memory", "", f"{memory:.2f} GiB"),
    ]  # fmt: skip


def main() -> None:
    """Measure, print, and write the section."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--rows", type=int, default=1_000_000)
    given = reader.parse_args()
    measured_on = machine(PACKAGES)
    table = text_table(("step", "how much", "CPU"), measure(20_000 if given.quick else given.rows))
    print(table)
    if given.quick:
        return
    told = (TOLD, f"Machine: {measured_on}", METHOD)
    words = [textwrap.fill(one, 100, break_on_hyphens=False) for one in told]
    write_section("drillholes", "Drill holes", "\n\n".join([*words, table]))


if __name__ == "__main__":
    main()
