"""Recovery of a circuit: metal in its products for the metal in its feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.balance._figure import COVERAGE_FACTOR
from oreline.balance._periods import Period, periods_between
from oreline.balance._ratio import Ratio
from oreline.balance._stages import WASTE_STAGES, stages_of
from oreline.balance._tally import Tally, tally
from oreline.model import UNBOUNDED_MG, InputError
from oreline.record import IN, LOSS, OUT, Books

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recovery:
    """The recovery of one circuit in one period; None with a reason where it cannot be told."""

    circuit: str
    period: str
    feed_mg: int | None
    product_mg: int | None
    recovery: Ratio | None
    reason: str


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Recoveries of circuits, period by period."""

    element: str
    rows: tuple[Recovery, ...]

    def __iter__(self) -> Iterator[Recovery]:
        """Give every recovery."""
        return iter(self.rows)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a circuit and period; fractions of one, masses in milligrams."""
        return pl.DataFrame(
            {
                "circuit": [row.circuit for row in self.rows],
                "period": [row.period for row in self.rows],
                "feed_mg": [row.feed_mg for row in self.rows],
                "product_mg": [row.product_mg for row in self.rows],
                "recovery_low": [row.recovery and row.recovery.low for row in self.rows],
                "recovery_high": [row.recovery and row.recovery.high for row in self.rows],
                "recovery_u": [row.recovery and row.recovery.u for row in self.rows],
                "reason": [row.reason for row in self.rows],
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Return all recoveries in per cent, as decimal text."""
        return {
            "element": self.element,
            "coverage_factor": str(COVERAGE_FACTOR),
            "recoveries": [
                {
                    "circuit": row.circuit,
                    "period": row.period,
                    "recovery": None if row.recovery is None else row.recovery.to_json(),
                    "reason": row.reason,
                }
                for row in self.rows
            ],
        }


def recovery(
    books: Books,
    element: str,
    period: Period = "month",
    *,
    by: Literal["site", "unit"] = "site",
    time_zone: str = "UTC",
) -> Recoveries:
    """Return the recovery of each site, or of each process unit, in each period.

    Lots that the circuit both makes and takes within the period count by their difference: more
    made than taken is a product or a waste, as the stage of its declared material tells; more taken
    than made is feed. A lot whose stage is not declared makes the answer None.

    Raises
    ------
    InputError
        If element, period, ``by`` or time zone is not understood.
    """
    if by not in ("site", "unit"):
        message = f"{by!r} is no kind of circuit; write site or unit"
        raise InputError(message)
    held = tally(books, element)
    used = held.changed & (held.kind == held.kind_number("process"))
    if not used.any():
        return Recoveries(element, ())
    time_us = held.places.time_us
    periods = periods_between(period, int(time_us[0]), int(time_us[-1]), time_zone)
    circuit, names = _circuits(held, used, by)
    number = periods.of(time_us)
    inside = used & (number >= 0) & (number < len(periods)) & (circuit >= 0)
    cell = np.where(inside, circuit * len(periods) + number, -1)
    table = _net(held, cell, stages_of(held))
    weight = _weights(held, cell, table)
    variance = held.variances(held.in_cells(cell, len(names) * len(periods)), weight)
    rows = tuple(
        _row(row, names[row["cell"] // len(periods)], periods.labels, variance)
        for row in _totals(table).iter_rows(named=True)
    )
    return Recoveries(element, rows)


def _circuits(held: Tally, used: npt.NDArray[np.bool_], by: str) -> tuple[Ints, list[str]]:
    if by == "site":
        return held.places.event, list(held.places.names)
    events, ledger = held.columns.events, held.ledger
    names: dict[str, int] = {}
    unit = np.full(held.n_events, -1, np.int64)
    for row in np.unique(held.lines.event[used]).tolist():
        name = ledger.event(events.seq[row])["body"].get("unit")
        if name is not None:
            unit[row] = names.setdefault(name, len(names))
    return unit[held.lines.event], list(names)


def _net(held: Tally, cell: Ints, stages: list[str | None]) -> pl.DataFrame:
    """Return, for each cell and lot, made less taken, and whether it is feed, product or waste."""
    here = np.flatnonzero((cell >= 0) & np.isin(held.lines.side, (IN, OUT)))
    sign = np.where(held.lines.side[here] == OUT, 1, -1)
    metal = held.lines.metal[here]
    is_open = metal[:, 1] == UNBOUNDED_MG
    high = np.where(is_open, 0, metal[:, 1])
    lines = pl.DataFrame(
        {
            "cell": cell[here],
            "lot": held.lines.lot[here],
            "low": np.where(sign > 0, metal[:, 0], -high),
            "high": np.where(sign > 0, high, -metal[:, 0]),
            "middle": sign * (metal[:, 0] // 2 + high // 2),
            "open": is_open,
        }
    )
    stage = pl.Series(stages, dtype=pl.String)
    net = lines.group_by("cell", "lot", maintain_order=True).agg(
        pl.col("low", "high", "middle").sum(), pl.col("open").any()
    )
    return net.with_columns(stage=stage.gather(net["lot"])).with_columns(
        role=pl.when(pl.col("middle") <= 0)
        .then(pl.lit("feed"))
        .when(pl.col("stage").is_null())
        .then(pl.lit("unknown"))
        .when(pl.col("stage").is_in(sorted(WASTE_STAGES)))
        .then(pl.lit("waste"))
        .otherwise(pl.lit("product"))
    )


def _totals(table: pl.DataFrame) -> pl.DataFrame:
    def total(role: str, column: str) -> pl.Expr:
        return pl.col(column).filter(pl.col("role") == role).sum().alias(f"{role}_{column}")

    return (
        table.group_by("cell")
        .agg(
            *(total(role, column) for role in ("feed", "product") for column in ("low", "high")),
            total("feed", "middle"),
            total("product", "middle"),
            pl.col("open").any(),
            (pl.col("role") == "unknown").any().alias("unstated"),
        )
        .sort("cell")
    )


def _weights(held: Tally, cell: Ints, table: pl.DataFrame) -> Floats:
    """Return the derivative of each cell's recovery, times its feed, by the metal of its lines."""
    totals = _totals(table)
    feed = dict(zip(totals["cell"], (-totals["feed_middle"]).to_list(), strict=True))
    product = dict(zip(totals["cell"], totals["product_middle"].to_list(), strict=True))
    by_lot = []
    for at, role in zip(table["cell"].to_list(), table["role"].to_list(), strict=True):
        whole = feed[at]
        slope = {"feed": product[at] / whole, "product": 1.0} if whole > 0 else {}
        by_lot.append(slope.get(role, 0.0))
    slopes = table.select("cell", "lot", pl.Series("slope", by_lot, dtype=pl.Float64))
    lines = pl.DataFrame({"cell": cell, "lot": held.lines.lot})
    joined = lines.join(slopes, on=["cell", "lot"], how="left", maintain_order="left")
    by_line = joined["slope"].fill_null(0.0).to_numpy()
    sign = np.select([held.lines.side == OUT, held.lines.side == IN], [1.0, -1.0], 0.0)
    weight: Floats = by_line * sign * (held.lines.side != LOSS)
    return weight


def _row(row: dict[str, Any], circuit: str, labels: tuple[str, ...], variance: Floats) -> Recovery:
    period = labels[row["cell"] % len(labels)]
    least, most = -row["feed_high"], -row["feed_low"]
    known = least == most and not row["open"]
    feed = least if known else None
    product = row["product_low"] if row["product_low"] == row["product_high"] else None
    if row["unstated"]:
        reason = "the stage of a product's material is not declared"
        return Recovery(circuit, period, feed, product, None, reason)
    if row["open"] or least <= 0:
        return Recovery(circuit, period, feed, product, None, "the metal of the feed is not known")
    u = float(np.sqrt(variance[row["cell"]])) / -row["feed_middle"]
    ratio = Ratio(row["product_low"] / most, row["product_high"] / least, None if u != u else u)
    return Recovery(circuit, period, feed, product, ratio, "metal in products / metal in feed")
