"""Which grade counts for each line: assays of its lot, or what it states, by declared rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.model import PPT, analyte
from oreline.record._columns import BASES, INHERITS, Columns
from oreline.record._lines import OUT

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROLE_ORDER = ("umpire", "agreed", "referee", "seller,buyer", "plant", "survey", "line")
"""The default rule for the book grade: the first of these that there is; of several alike (seller
and buyer, two plant assays) the mean."""


@dataclass(frozen=True, slots=True)
class BookRule:
    """Which measurement is the book value at a site, or everywhere (``*``)."""

    id: str
    scope: str
    prefer: tuple[str, ...]
    tie: str

    def ranks(self) -> dict[str, int]:
        """Return the rank of each role, the best first."""
        return {role: rank for rank, roles in enumerate(self.prefer) for role in roles.split(",")}


DEFAULT_RULE = BookRule("default", "*", ROLE_ORDER, "mean")

CARRIERS = frozenset({"O", "H", "S", "C", "F", "Cl", "N"})
"""Elements that an assay of an oxide or sulphide brings along without speaking of them."""


@dataclass(frozen=True)
class LineGrades:
    """The grade that counts for each line: int64[n, 2] in ppt (-1: none), its u, how many."""

    bounds: Ints
    u: Floats
    candidates: Ints
    basis: Ints


def line_grades(
    columns: Columns, side: Ints, element: str, rules: tuple[BookRule, ...]
) -> LineGrades:
    """Choose, for each line, among the grades stated on it and the assays of its lot."""
    n = len(columns.lines.event)
    bounds = np.full((n, 2), -1, np.int64)
    u, count = np.full(n, np.nan), np.zeros(n, np.int64)
    basis = np.full(n, 5, np.int64)
    table = _candidates(columns, side, element, rules)
    if table.is_empty():
        return LineGrades(bounds, u, count, basis)
    chosen = (
        table.with_columns(total=pl.len().over("line"))
        .filter(pl.col("rank") == pl.col("rank").min().over("line"))
        .sort("line", "time_us", "seq")
        .group_by("line", maintain_order=True)
        .agg(
            pl.col("tie").first(),
            pl.col("total").first(),
            pl.col("basis").max(),
            pl.col("low").first().alias("first_low"),
            pl.col("high").first().alias("first_high"),
            pl.col("u").first().alias("first_u"),
            (pl.col("low").sum() // pl.len()).alias("mean_low"),
            (pl.col("high").sum() // pl.len()).alias("mean_high"),
            ((pl.col("u") ** 2).sum().sqrt() / pl.len()).alias("mean_u"),
        )
    )
    line = chosen["line"].to_numpy()
    for slot, name in enumerate(("low", "high")):
        value = pl.when(pl.col("tie") == "first").then(f"first_{name}").otherwise(f"mean_{name}")
        bounds[line, slot] = chosen.select(value)[:, 0].to_numpy()
    value = pl.when(pl.col("tie") == "first").then("first_u").otherwise("mean_u")
    u[line] = chosen.select(value)[:, 0].to_numpy()
    count[line] = chosen["total"].to_numpy()
    basis[line] = chosen["basis"].to_numpy()
    return LineGrades(bounds, u, count, basis)


def _candidates(
    columns: Columns, side: Ints, element: str, rules: tuple[BookRule, ...]
) -> pl.DataFrame:
    """Return (line, rank, tie, low, high, u, basis, time_us, seq) of every grade that applies."""
    grades = columns.grades
    factors = {
        number: dict(analyte(symbol).elements).get(element, 0) if symbol != element else PPT
        for number, symbol in enumerate(columns.analytes.names)
    }
    table = pl.DataFrame(
        {
            "event": pl.Series(grades.event, dtype=pl.Int64),
            "line": pl.Series(grades.line, dtype=pl.Int64),
            "lot": pl.Series(grades.lot, dtype=pl.Int64),
            "of_event": pl.Series(grades.of_event, dtype=pl.String),
            "role": pl.Series(grades.role, dtype=pl.String),
            "factor": pl.Series([factors[number] for number in grades.analyte], dtype=pl.Int64),
            "low": pl.Series(grades.low, dtype=pl.Int64),
            "high": pl.Series(grades.high, dtype=pl.Int64),
            "u": pl.Series(grades.u, dtype=pl.Float64),
            "basis": pl.Series(grades.basis, dtype=pl.Int64),
        }
    ).filter(pl.col("factor") > 0)
    if table.is_empty():
        return table
    table = _as_element(table)
    own = table.filter(pl.col("line") >= 0)
    of_lot = _applied(columns, side, table.filter(pl.col("line") < 0).drop("line"))
    both = pl.concat([own.select(of_lot.columns), of_lot])
    events = pl.DataFrame(
        {
            "event": pl.Series(range(len(columns.events.seq)), dtype=pl.Int64),
            "time_us": pl.Series(columns.events.time_us, dtype=pl.Int64),
            "seq": pl.Series(columns.events.seq, dtype=pl.Int64),
        }
    )
    return _ranked(columns, both.join(events, on="event", how="left"), rules)


def _as_element(table: pl.DataFrame) -> pl.DataFrame:
    """Turn grades of compounds into grades of the element, by exact integers."""
    if bool((table["factor"] == PPT).all()):
        return table
    factor = table["factor"].to_list()
    return table.with_columns(
        pl.Series(
            name,
            [
                (value * part + PPT // 2) // PPT
                for value, part in zip(table[name].to_list(), factor, strict=True)
            ],
            dtype=pl.Int64,
        )
        for name in ("low", "high")
    ).with_columns(u=pl.col("u") * pl.col("factor") / PPT)


def _applied(columns: Columns, side: Ints, assays: pl.DataFrame) -> pl.DataFrame:
    """Apply assays of lots to the lines that produced them.

    An assay that names the event applies to what that event added; one of a whole lot to its only
    production. Of a lot that was topped up, an assay of the whole is a state: it stays beside.
    """
    lines = columns.lines
    made = pl.DataFrame(
        {
            "line": pl.Series(range(len(lines.event)), dtype=pl.Int64),
            "lot": pl.Series(lines.lot, dtype=pl.Int64),
            "side": pl.Series(side, dtype=pl.Int64),
            "made_by": pl.Series([columns.events.id[row] for row in lines.event], dtype=pl.String),
        }
    ).filter(pl.col("side") == OUT)
    single = made.filter(pl.len().over("lot") == 1)
    whole = assays.filter(pl.col("of_event") == "").join(
        single.select("line", "lot"), on="lot", how="inner"
    )
    part = assays.filter(pl.col("of_event") != "").join(
        made.select("line", "lot", "made_by"),
        left_on=["lot", "of_event"],
        right_on=["lot", "made_by"],
        how="inner",
    )
    names = [name for name in whole.columns if name != "line"]
    return pl.concat([whole.select("line", *names), part.select("line", *names)])


def _ranked(columns: Columns, table: pl.DataFrame, rules: tuple[BookRule, ...]) -> pl.DataFrame:
    """Rank every candidate by the rule of the site at which its line was made."""
    site_of = [columns.events.site[row] for row in columns.lines.event]
    names = [*columns.places.names, ""]
    by_scope = {rule.scope: rule for rule in reversed(rules)}
    ranks, ties = [], []
    tables = {rule.id: rule.ranks() for rule in rules}
    for line, role in zip(table["line"].to_list(), table["role"].to_list(), strict=True):
        rule = by_scope.get(names[site_of[line]], by_scope.get("*", DEFAULT_RULE))
        ranks.append(tables[rule.id].get(role, 99))
        ties.append(rule.tie)
    return table.with_columns(
        pl.Series("rank", ranks, dtype=pl.Int64), pl.Series("tie", ties, dtype=pl.String)
    )


def preferred_roles(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip().replace(" ", "") for part in text.split(">") if part.strip())
    return parts or ROLE_ORDER


def without_untracked(
    grades: LineGrades,
    columns: Columns,
    side: Ints,
    element: str,
    tracked: Mapping[str, frozenset[str]],
) -> LineGrades:
    """Count an element as absent from materials that are declared without it.

    A material may declare which analytes are tracked in it (``tracked`` in materials.csv). Of any
    other element that nobody assayed in it the book holds none; that is an assumption, and the
    basis says so. A tracked element that was not assayed stays UNKNOWN.
    """
    held = [tracked.get(name, frozenset()) for name in columns.materials.names]
    untracked = [bool(of) and element not in of for of in held]
    lines = columns.lines
    made = side == OUT
    inherits = np.array(lines.flags, np.int64) & INHERITS != 0
    # A line without material has number -1: the last, which tracks everything.
    declared = np.array([*untracked, False], np.bool_)[np.array(lines.material, np.int64)]
    absent = made & ~inherits & (grades.bounds[:, 0] < 0) & declared
    if not absent.any():
        return grades
    bounds, u, basis = grades.bounds.copy(), grades.u.copy(), grades.basis.copy()
    bounds[absent], u[absent], basis[absent] = 0, 0.0, BASES.index("assumed")
    return LineGrades(bounds, u, grades.candidates, basis)


def tracked_elements(symbols: str | Sequence[str]) -> frozenset[str]:
    """Return the elements and aggregates that a list of analytes speaks of.

    >>> sorted(tracked_elements("Sb Nd2O3 TREO"))
    ['Nd', 'Sb', 'TREO']
    """
    found: set[str] = set()
    for symbol in symbols.split() if isinstance(symbols, str) else symbols:
        what = analyte(symbol)
        found |= {symbol} if what.kind == "aggregate" else {name for name, _ in what.elements}
    return frozenset(found - CARRIERS)
