"""What the United States uses of a mineral, makes itself and pays: the newest published figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from oreline.model import Basis
from oreline.reference import table
from oreline.stress._scenario import Given

TONNES: Final = {
    "metric tons": 1.0, "kilograms": 1e-3, "thousand metric tons": 1e3,
    "million metric tons": 1e6, "thousand metric dry tons": 1e3,
}  # fmt: skip
_USD_PER_T: Final = {
    "dollars per metric ton": 1.0, "dollars per kilogram": 1e3, "dollars per pound": 2204.6226,
    "cents per pound": 22.046226, "dollars per troy ounce": 32150.7466, "dollars per gram": 1e6,
}  # fmt: skip


def us_use(mineral: str, year: int | None = None) -> Mapping[str, Given | None]:
    """Return use and own output in tonnes, and the price, each None where it is not published.

    Of a year, or the newest. Own output is what net import reliance leaves of use; recycled
    metal is in it.
    """
    frame = table("us_salient").filter(pl.col("mineral") == mineral)
    if year is not None:
        frame = frame.filter(pl.col("year") == year)
    use = _newest(frame.filter(pl.col("measure") == "consumption"), TONNES)
    price = _newest(frame.filter(pl.col("measure") == "price"), _USD_PER_T)
    reliance = _newest(frame.filter(pl.col("measure") == "net import reliance"), {"percent": 0.01})
    domestic = None
    if use is not None and reliance is not None:
        own = use.value * max(0.0, 1 - reliance.value)
        domestic = Given(own, Basis.DERIVED, f"{use.source} and {reliance.source}")
    return {"use_t": use, "price_usd_per_t": price, "domestic_t": domestic}


def _newest(rows: pl.DataFrame, units: Mapping[str, float]) -> Given | None:
    """Return the newest known number; of several of a year the one that is called apparent."""
    known = rows.filter(pl.col("unit").is_in(list(units)) & pl.col("value").is_not_null())
    if known.is_empty():
        return None
    year = known["year"].max()
    assert isinstance(year, int), "years are whole numbers"
    found: list[dict[str, Any]] = list(known.filter(pl.col("year") == year).iter_rows(named=True))
    row = next((one for one in found if "apparent" in one["detail"].casefold()), found[0])
    if not row["value"]:
        return None
    told = f"{row['source']}, {row['detail']}, {year}"
    return Given(float(row["value"]) * units[row["unit"]], Basis.REPORTED, told)
