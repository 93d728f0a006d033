"""Measure settlement: statements, waterfalls and exposure of many parcels.

``--quick`` settles few and prints without writing. ``--parcels`` gives how many.
"""

from __future__ import annotations

import argparse
import textwrap
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from _page import machine, text_table, write_section
from oreline.settle import (
    Contract,
    Parcel,
    PriceSeries,
    Reading,
    SettlementLot,
    Settling,
    Weighing,
    exposure,
    settle,
    waterfall,
)

TOLD = (
    "How long statements take, under one contract that pays copper, gold and silver, with a "
    "treatment and three refining charges and one penalty on a sum, priced on the mean of a month "
    "out of ten years of daily prices. Written by `python benchmarks/settle.py`; run it on your "
    "own machine."
)
METHOD = (
    "CPU seconds of one process. Contract, prices and parcels are in memory; reading them is not "
    "counted. Not compared: programs that settle such contracts are sold and could not be "
    "installed, and open ones that we saw reckon a net smelter return in binary floats, without "
    "periods, lots or clauses."
)
PACKAGES = ("pint", "pydantic")
ON = date(2026, 3, 2)
FIRST = date(2016, 1, 4)
"""Ten years of daily prices, as a file of prices grows to."""


def contract() -> Contract:
    """Return a copper contract that pays gold and silver and penalises arsenic and antimony."""
    month = {"kind": "month", "event": "arrival", "offset": 1}
    held = {"provisional": "last_published", "qp": month}
    told = {
        "id": "bench-1", "title": "Copper concentrate", "seller": "a", "buyer": "b",
        "materials": ["cu"], "currency": "USD", "basis": "assumed", "source": "benchmark",
        "settled_by": "lot",
        "weight": {"rule": "loading"},
        "assays": {"rule": "seller"},
        "prices": [{"id": name, "series": name, **held} for name in ("cu", "au", "ag")],
        "payables": [
            {"analyte": "Cu", "method": "pct_min_deduction", "pct": "96.5", "deduction": "1 %",
             "price": "cu"},
            {"analyte": "Au", "method": "pct", "pct": "90", "over": "1 g/dmt", "price": "au"},
            {"analyte": "Ag", "method": "pct", "pct": "90", "over": "30 g/dmt", "price": "ag"},
        ],
        "treatment": {"rate": "80 USD/dmt"},
        "refining": [
            {"analyte": "Cu", "rate": "8 c/lb", "basis": "payable"},
            {"analyte": "Au", "rate": "5 USD/oz", "basis": "payable"},
            {"analyte": "Ag", "rate": "0.5 USD/oz", "basis": "payable"},
        ],
        "penalties": [
            {"analytes": ["As", "Sb"], "over": "0.4 %", "step": "0.1 %", "rate": "3 USD/dmt",
             "steps": "pro_rata"},
        ],
        "payments": [{"stage": "provisional", "pct": "90"}],
    }  # fmt: skip
    return Contract.model_validate(told)


def prices(draw: np.random.Generator) -> dict[str, PriceSeries]:
    """Return ten years of daily prices of three metals."""
    days = [FIRST + timedelta(days=at) for at in range((ON - FIRST).days)]
    business = [day.isoformat() for day in days if day.weekday() < 5]

    def series(name: str, unit: str, level: int) -> PriceSeries:
        moves = draw.integers(-level, level, len(business))
        values = {
            day: Decimal(level * 100 + int(move)) / 100
            for day, move in zip(business, moves, strict=True)
        }
        return PriceSeries(name, name, "exchange", unit, values)

    told = (("cu", "USD/t", 9000), ("au", "USD/oz", 4000), ("ag", "USD/oz", 50))
    return {name: series(name, unit, level) for name, unit, level in told}


def parcels(draw: np.random.Generator, count: int, lots: int) -> list[Parcel]:
    """Return parcels of some lots each."""
    days = {"shipment": "2025-12-01", "arrival": "2026-01-15"}

    def lot(name: str) -> SettlementLot:
        grams = {"Cu": (200, 320), "As": (1, 9), "Sb": (1, 5)}
        grades = {
            analyte: Reading(Decimal(int(draw.integers(*bounds))) / 1000)
            for analyte, bounds in grams.items()
        }
        grades["Au"] = Reading(Decimal(int(draw.integers(5, 300))) / 10**7)
        grades["Ag"] = Reading(Decimal(int(draw.integers(20, 300))) / 10**6)
        wet = Reading(Decimal(int(draw.integers(10**5, 5 * 10**5))) / 1000)
        moisture = Reading(Decimal(int(draw.integers(60, 110))) / 10)
        return SettlementLot(name, Weighing(wet, moisture, Reading(None)), None, {"seller": grades})

    return [
        Parcel(f"p-{at}", tuple(lot(f"p-{at}-{of}") for of in range(lots)), days)
        for at in range(count)
    ]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of a call, and what it gives."""
    start = time.process_time()
    made = work()
    return time.process_time() - start, made


def measure(count: int) -> Sequence[Sequence[str]]:
    """Return a row for each question."""
    draw = np.random.Generator(np.random.Philox(11))
    terms, series = contract(), prices(draw)
    rows = []
    for lots in (1, 10):
        some = parcels(draw, count // lots, lots)
        spent, made = timed(
            lambda goods=some: [settle(terms, p, series, stage="final", on=ON) for p in goods]
        )
        assert all(one.status == "SETTLED" for one in made)
        rows.append(row(f"final statement, {lots} lot{'s' * (lots > 1)}", len(some), spent))
    few = parcels(draw, max(1, count // 10), 1)
    pairs = [
        (Settling(terms, one, series, "provisional", date(2025, 12, 5)),
         Settling(terms, one, series, "final", ON))
        for one in few
    ]  # fmt: skip
    spent, _ = timed(lambda: [waterfall(*pair) for pair in pairs])
    rows.append(row("waterfall, provisional to final", len(pairs), spent))
    spent, _ = timed(lambda: exposure([before for before, _ in pairs]))
    rows.append(row("exposure", len(pairs), spent))
    return rows


def row(name: str, count: int, spent: float) -> list[str]:
    """Return a row of the table."""
    return [name, f"{count:,}", f"{spent:.2f} s", f"{spent / count * 1000:.2f} ms"]


def main() -> None:
    """Measure, print, and write the section."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--parcels", type=int, default=10_000)
    given = reader.parse_args()
    measured_on = machine(PACKAGES)
    count = 200 if given.quick else given.parcels
    table = text_table(("question", "parcels", "CPU", "each"), measure(count))
    print(table)
    if given.quick:
        return
    told = (TOLD, f"Machine: {measured_on}", METHOD)
    words = [textwrap.fill(one, 100, break_on_hyphens=False) for one in told]
    content = "\n\n".join([*words, table])
    write_section("settle", "Settlement", content)


if __name__ == "__main__":
    main()
