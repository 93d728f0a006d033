"""The book: which mass and which grade count for every line, and what every lot holds.

Each lot has one book value per element and all its measurements beside it. Which measurement is the
book value follows a declared rule, never the newest: see :class:`BookRule`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.model import PPT, analyte
from oreline.record._columns import ALL, BASES, INHERITS, Columns
from oreline.record._ledger import Ledger
from oreline.record._lines import OUT
from oreline.record._masses import dry_masses
from oreline.record._order import acting_order

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


DRY = "dry"
"""In place of an element: the book of the dry mass."""

DEFAULT_RULE = BookRule("default", "*", ROLE_ORDER, "mean")


@dataclass(frozen=True)
class Book:
    """The book of one tracked analyte, per line and per lot, in milligrams.

    ``basis`` is the rank of the weakest basis that a line rests on, see ``BASES``. All bounds are
    int64[n, 2] (least, greatest); a greatest of ``UNBOUNDED_MG`` means that no limit
    is known. Lines stand in the order of the columns; ``order`` is that in which they act.
    """

    element: str
    order: Ints
    dry: Ints
    metal: Ints
    dry_u: Floats
    metal_u: Floats
    before_dry: Ints
    before_metal: Ints
    excess: Ints
    basis: Ints
    stock_dry: Ints
    stock_metal: Ints
    stock_dry_u: Floats
    stock_metal_u: Floats
    overdrawn: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LineArrays:
    """The lines as arrays, with the dry masses that count; the same for every element."""

    event: Ints
    side: Ints
    lot: Ints
    flags: Ints
    dry: Ints
    dry_u: Floats
    order: Ints


class Books:
    """The books of a ledger, one element at a time, computed when asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._books: dict[str, Book] = {}

    @cached_property
    def rules(self) -> tuple[BookRule, ...]:
        """Return the rules in force, the default last."""
        declared = [
            BookRule(
                version.id,
                str(version.data.get("scope") or "*"),
                _preferred(str(version.data.get("prefer") or "")),
                str(version.data.get("tie") or "mean"),
            )
            for version in self.ledger.current("rule").values()
            if version.data.get("kind") == "grade-book"
        ]
        return (*sorted(declared, key=lambda rule: rule.scope == "*"), DEFAULT_RULE)

    @cached_property
    def lines(self) -> LineArrays:
        """Return the lines with the dry masses that count."""
        columns = self.ledger.columns
        lines = columns.lines
        side = np.array(lines.side, np.int64)
        moisture = self.grades("H2O")
        dry, dry_u = dry_masses(columns, moisture.bounds, moisture.u, self._weight_rules())
        return LineArrays(
            event=np.array(lines.event, np.int64),
            side=side,
            lot=np.array(lines.lot, np.int64),
            flags=np.array(lines.flags, np.int64),
            dry=dry,
            dry_u=dry_u,
            order=acting_order(columns, side),
        )

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """Return every element, and every aggregate assayed as such, that the ledger speaks of."""
        found: dict[str, None] = {}
        for symbol in self.ledger.columns.analytes.names:
            what = analyte(symbol)
            if what.kind == "aggregate":
                found[symbol] = None
            else:
                for name, _ in what.elements:
                    if symbol in {name, "H2O"} or name not in _CARRIERS:
                        found[name] = None
        return tuple(sorted(name for name in found if name not in _CARRIERS))

    def book(self, element: str) -> Book:
        """Return the book of an element, or of an aggregate such as TREO."""
        if element not in self._books:
            self._books[element] = self._compute(element)
        return self._books[element]

    def grades(self, element: str) -> LineGrades:
        """Return the grade that counts for each line."""
        return line_grades(self.ledger.columns, element, self.rules)

    def _weight_rules(self) -> Mapping[str, str]:
        return {
            str(version.data.get("scope") or "*"): str(version.data.get("prefer") or "loading")
            for version in self.ledger.current("rule").values()
            if version.data.get("kind") == "weight-book"
        }

    def _compute(self, element: str) -> Book:
        # Compiled code is loaded only when a book is really needed.
        from oreline.record._book_kernel import Given, run

        lines = self.lines
        order = lines.order
        grades = _pure(lines.side.size) if element == DRY else self.grades(element)
        given = Given(
            side=lines.side[order],
            event=lines.event[order],
            lot=lines.lot[order],
            flags=lines.flags[order],
            dry=np.ascontiguousarray(lines.dry[order]),
            dry_u=lines.dry_u[order],
            grade=np.ascontiguousarray(grades.bounds[order]),
            grade_u=grades.u[order],
        )
        columns = self.ledger.columns
        booked, stock = run(given, len(columns.lots.names), len(columns.events.seq))
        n = lines.side.size
        return Book(
            element=element,
            order=order,
            dry=_scattered(booked.dry, order, n),
            metal=_scattered(booked.metal, order, n),
            dry_u=_scattered(booked.dry_u, order, n),
            metal_u=_scattered(booked.metal_u, order, n),
            before_dry=_scattered(booked.before_dry, order, n),
            before_metal=_scattered(booked.before_metal, order, n),
            excess=_scattered(booked.excess, order, n),
            basis=_basis_of(lines, np.array(columns.lines.basis, np.int64), grades),
            stock_dry=stock.dry,
            stock_metal=stock.metal,
            stock_dry_u=np.sqrt(stock.dry_var),
            stock_metal_u=np.sqrt(stock.metal_var),
            overdrawn=stock.overdrawn,
        )


def _basis_of(lines: LineArrays, stated: Ints, grades: LineGrades) -> Ints:
    """Return the weaker of a line's own basis and its grade's; UNKNOWN where a grade is missing."""
    graded = grades.bounds[:, 0] >= 0
    own = np.where(lines.flags & (ALL | INHERITS), np.minimum(stated, 4), stated)
    basis = np.where(graded, np.maximum(own, grades.basis), own)
    lacks = (lines.side == OUT) & ~graded & (lines.flags & INHERITS == 0)
    return np.where(lacks, BASES.index("unknown"), basis)


def _pure(n: int) -> LineGrades:
    """Return grades of one: the book of the dry mass itself."""
    return LineGrades(
        np.full((n, 2), PPT, np.int64), np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64)
    )


def open_books(ledger: Ledger) -> Books:
    """Return the books of a ledger."""
    return Books(ledger)


_CARRIERS = frozenset({"O", "H", "S", "C", "F", "Cl", "N"})
"""Elements that an assay of an oxide or sulphide brings along without speaking of them."""


@dataclass(frozen=True)
class LineGrades:
    """The grade that counts for each line: int64[n, 2] in ppt (-1: none), its u, how many."""

    bounds: Ints
    u: Floats
    candidates: Ints
    basis: Ints


def line_grades(columns: Columns, element: str, rules: tuple[BookRule, ...]) -> LineGrades:
    """Choose, for each line, among the grades stated on it and the assays of its lot."""
    n = len(columns.lines.event)
    bounds = np.full((n, 2), -1, np.int64)
    u, count = np.full(n, np.nan), np.zeros(n, np.int64)
    basis = np.full(n, 5, np.int64)
    table = _candidates(columns, element, rules)
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


def _candidates(columns: Columns, element: str, rules: tuple[BookRule, ...]) -> pl.DataFrame:
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
    of_lot = _applied(columns, table.filter(pl.col("line") < 0).drop("line"))
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


def _applied(columns: Columns, assays: pl.DataFrame) -> pl.DataFrame:
    """Apply assays of lots to the lines that produced them.

    An assay that names the event applies to what that event added; one of a whole lot to its only
    production. Of a lot that was topped up, an assay of the whole is a state: it stays beside.
    """
    lines = columns.lines
    made = pl.DataFrame(
        {
            "line": pl.Series(range(len(lines.event)), dtype=pl.Int64),
            "lot": pl.Series(lines.lot, dtype=pl.Int64),
            "side": pl.Series(lines.side, dtype=pl.Int64),
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


def _preferred(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip().replace(" ", "") for part in text.split(">") if part.strip())
    return parts or ROLE_ORDER


def _scattered(part: np.ndarray, order: Ints, n: int) -> np.ndarray:
    whole = np.zeros((n, *part.shape[1:]), part.dtype)
    whole[order] = part
    return whole
