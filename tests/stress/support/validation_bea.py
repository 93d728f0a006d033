"""The input-output accounts of the United States: totals that everybody knows."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from stress_validation import Section

from oreline.reference import table

PRINTED = (
    ("gross domestic product 2017, by value added", "402", "value added", 19.612),
    ("gross domestic product 2023, by value added", "71", "value added", 27.721),
    ("gross output 2017", "402", "output", 34.468),
    ("gross output 2023", "71", "output", 48.387),
)
"""In thousand billion dollars; what is printed, of which size of tables, and what of it."""
SUMS = ("T008", "Total Industry Output")
"""The columns that are sums of the others."""
VALUE_ADDED = {"402": ("V00100", "V00200", "V00300"), "71": ("V001", "V002", "V003")}


def sections(facts: Path) -> list[Section]:
    """Give the section on the accounts' totals."""
    assert facts.is_dir()
    return [totals()]


def total_musd(size: str, what: str) -> float:
    """Add up value added, or output, over the industries."""
    industries = table(f"industries_{size}")["code"].implode()
    if what == "output":
        frame = table(f"make_{size}").filter(
            pl.col("row").is_in(industries), ~pl.col("col").is_in(SUMS)
        )
    else:
        frame = table(f"use_{size}").filter(
            pl.col("row").is_in(VALUE_ADDED[size]), pl.col("col").is_in(industries)
        )
    return float(frame["value_musd"].sum())


def totals() -> Section:
    """Compare the totals of the shipped tables with what is printed of them."""
    rows, met = [], 0
    for what, size, kind, printed in PRINTED:
        ours = total_musd(size, kind) / 1e6
        is_met = abs(ours - printed) < 0.0005
        met += is_met
        rows.append(
            (what, f"{printed:.3f}", f"{ours:.6f}", f"{100 * (ours / printed - 1):+.4f} %",
             "yes" if is_met else "no")
        )  # fmt: skip
    return Section(
        title="United States: totals of the input-output accounts",
        note="Thousand billion dollars, added up over the industries of the shipped tables.",
        result=f"{met} of {len(rows)} totals to the last printed digit",
        test="tests/stress/test_accounts.py::test_totals_of_the_accounts",
        header=("total", "printed", "ours", "error", "met"),
        rows=tuple(rows),
    )
