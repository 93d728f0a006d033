"""Every lot of a ledger in columns: what the table of lots sorts, filters and searches.

One pass over the arrays of the lines. The orders of the columns are made once, and the lots of the
latest questions are kept, so that a page of a million lots is a look-up.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.api._lots_order import Numbers, Order, Orders
from oreline.api._lots_search import NameLetters, name_letters
from oreline.balance import COVERAGE_FACTOR
from oreline.model import UNBOUNDED_MG, InputError, mass_text
from oreline.record import (
    BASES,
    CONTINUING,
    DRY,
    IN,
    MOVE_IN,
    MOVE_OUT,
    OUT,
    instant_text,
    instant_us,
)

if TYPE_CHECKING:
    from oreline.api._desk import Reading

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
SORTS = (
    "lot", "material", "stage", "site", "holder", "first", "last", "dry", "stock", "metal", "basis",
)  # fmt: skip
FLAGS = ("continuing", "overdrawn", "in_transit", "consumed", "reported_only")
_EXPORTED = ("lot", "material", "material_name", "form", "stage", "site", "holder", "basis")
_WORDS = ("material", "stage", "site", "holder", "basis")
_NO_FILTERS = ("", (), "", None, None, (None, None))
FOUND_MAX = 16
"""How many questions keep their lots: pages of one question follow each other."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of the table is asked for. Masses are bounds in kilograms of dry mass made."""

    sort: str = "last"
    descending: bool = True
    element: str | None = None
    search: str = ""
    equal: Mapping[str, str] = field(default_factory=dict)
    flag: str = ""
    since: str | None = None
    until: str | None = None
    dry_kg_min: float | None = None
    dry_kg_max: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lots in order: their numbers, how many there are in all, and where to go on."""

    numbers: Ints
    total: int
    start: int
    next: str | None


class LotTable:
    """The lots of a reading in columns; see :func:`lot_table`."""

    def __init__(self, reading: Reading, frame: pl.DataFrame, flags: Mapping[str, Mask]) -> None:
        self._reading = reading
        self.frame = frame
        self.flags = flags
        self._orders = Orders(frame["lot"])
        self._letters: NameLetters | None = None
        self._found: OrderedDict[Hashable, Numbers] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, asked: Asked, limit: int, after: str | None, at: int) -> Page:
        """Return some lots.

        Parameters
        ----------
        after
            Where the page before ended, as its ``next`` said; it holds while the ledger grows.
        at
            Without ``after``: how many lots to leave out, for a table that jumps.

        Raises
        ------
        InputError
            If a name is not one of the table's, or ``after`` is of another question.
        """
        order = self._order(asked.sort, asked.element)
        chosen = self._chosen(asked, order)
        if asked.descending:
            chosen = chosen[::-1]
        start = at
        if after is not None:
            start = self._place_after(asked, after, chosen, order)
        numbers = chosen[start : start + limit].astype(np.int64)
        more = start + limit < len(chosen)
        cursor = self._cursor(asked, int(numbers[-1])) if more and len(numbers) else None
        return Page(numbers, len(chosen), start, cursor)

    def prepare(self, sort: str) -> None:
        """Make what sorting by a column and searching need, before somebody asks; not the metal."""
        self._order(sort, None)
        self._names()

    def _order(self, sort: str, element: str | None) -> Order:
        if sort not in SORTS:
            raise InputError(f"the table cannot be sorted by {sort!r}; use {', '.join(SORTS)}")
        if sort == "lot":
            return self._orders.by_name()
        if sort != "metal":
            return self._orders.by(sort, lambda: self.frame[sort])
        if element is None:
            raise InputError("name the element to sort by its metal: element=Sb")
        tracer = self._reading.tracer
        return self._orders.by(
            (sort, element), lambda: pl.Series(tracer.metals(element).bounds[:, 0])
        )

    def _names(self) -> NameLetters:
        with self._lock:
            if self._letters is None:
                self._letters = name_letters(self.frame["lot"].to_list())
            return self._letters

    def _chosen(self, asked: Asked, order: Order) -> Numbers:
        """Return the lots of a question in rising order; those of the latest few are kept."""
        words = tuple(sorted(asked.equal.items()))
        mass = asked.dry_kg_min, asked.dry_kg_max
        filters = (asked.search, words, asked.flag, asked.since, asked.until, mass)
        if filters == _NO_FILTERS:
            return order.lots
        key = (asked.sort, asked.element if asked.sort == "metal" else None, filters)
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        chosen = order.among(self._kept(asked))
        with self._lock:
            self._found[key] = chosen
            while len(self._found) > FOUND_MAX:
                self._found.popitem(last=False)
        return chosen

    def _kept(self, asked: Asked) -> Mask:
        terms = [pl.col(name) == value for name, value in asked.equal.items() if name in _WORDS]
        unknown = set(asked.equal) - set(_WORDS)
        if unknown:
            raise InputError(f"the table cannot be filtered by {', '.join(sorted(unknown))}")
        if asked.since:
            terms.append(pl.col("last") >= _day_us(asked.since, "T00:00:00Z"))
        if asked.until:
            terms.append(pl.col("first") <= _day_us(asked.until, "T23:59:59Z"))
        if asked.dry_kg_min is not None:
            terms.append(pl.col("dry") >= round(asked.dry_kg_min * 1e6))
        if asked.dry_kg_max is not None:
            terms.append(pl.col("dry") <= round(asked.dry_kg_max * 1e6))
        keep = np.ones(self.frame.height, np.bool_)
        if terms:
            found = self.frame.select(pl.all_horizontal(terms).fill_null(value=False))
            keep = found.to_series().to_numpy().copy()
        if asked.search:
            keep &= self._names().containing(asked.search)
        if asked.flag:
            if asked.flag not in FLAGS:
                raise InputError(f"no flag {asked.flag!r}; use {', '.join(FLAGS)}")
            keep &= self.flags[asked.flag]
        return keep

    def _cursor(self, asked: Asked, number: int) -> str:
        name = self.frame["lot"][number]
        written = json.dumps([name, asked.sort, asked.descending, asked.element])
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")

    def _place_after(self, asked: Asked, after: str, chosen: Numbers, order: Order) -> int:
        try:
            padded = after + "=" * (-len(after) % 4)
            name, *question = json.loads(base64.urlsafe_b64decode(padded.encode()))
            number = self._reading.ledger.columns.lots.index[name]
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise InputError("'after' is not where a page of this table ended") from error
        if question != [asked.sort, asked.descending, asked.element]:
            raise InputError("'after' belongs to a page in another order")
        sign = -1 if asked.descending else 1
        ended = sign * int(order.place[number])
        return bisect_right(chosen, ended, key=lambda one: sign * int(order.place[one]))

    def rows(self, numbers: Ints, element: str | None) -> list[dict[str, Any]]:
        """Return lots as the answers show them, masses in kilograms."""
        metals = None if element is None else self._reading.tracer.metals(element)
        found = []
        for number, row in zip(
            numbers.tolist(), self.frame[numbers].iter_rows(named=True), strict=True
        ):
            told = {
                "lot": row["lot"],
                "material": row["material"],
                "material_name": row["material_name"],
                "form": row["form"],
                "stage": row["stage"],
                "site": row["site"],
                "site_name": row["site_name"],
                "holder": row["holder"],
                "first": _time(row["first"]),
                "last": _time(row["last"]),
                "dry": figure_json(row["dry"], row["dry_high"], None),
                "stock": figure_json(row["stock"], row["stock_high"], None),
                "basis": row["basis"],
                "flags": [name for name in FLAGS if self.flags[name][number]],
            }
            if metals is not None:
                low, high = metals.bounds[number].tolist()
                told["metal"] = figure_json(low, high, float(metals.u[number]))
            found.append(told)
        return found

    def export(self, numbers: Ints, element: str | None) -> pl.DataFrame:
        """Return lots as a table for files: masses in kilograms as numbers, empty where UNKNOWN."""

        def kg(low: pl.Series, high: pl.Series, name: str) -> list[pl.Series]:
            told = high < UNBOUNDED_MG
            known_low = pl.select(pl.when(told | (low > 0)).then(low / 1e6)).to_series()
            known_high = pl.select(pl.when(told).then(high / 1e6)).to_series()
            return [known_low.alias(f"{name}_low_kg"), known_high.alias(f"{name}_high_kg")]

        rows = self.frame[numbers]
        times = [
            pl.Series(name, [_time(value) for value in rows[name].to_list()], dtype=pl.String)
            for name in ("first", "last")
        ]
        columns = [
            *(rows[name] for name in _EXPORTED),
            *times,
            *kg(rows["dry"], rows["dry_high"], "dry_made"),
            *kg(rows["stock"], rows["stock_high"], "dry_in_books"),
        ]
        if element is not None:
            metals = self._reading.tracer.metals(element)
            low, high = pl.Series(metals.bounds[numbers, 0]), pl.Series(metals.bounds[numbers, 1])
            columns += kg(low, high, element)
            spread = pl.Series(f"{element}_u_kg", metals.u[numbers] / 1e6).fill_nan(None)
            columns.append(spread)
        columns += [pl.Series(name, self.flags[name][numbers]) for name in FLAGS]
        return pl.DataFrame(columns)

    def choices(self) -> dict[str, list[str]]:
        """Return what can be filtered by."""
        frame = self.frame
        return {
            name: sorted(value for value in frame[name].unique().to_list() if value is not None)
            for name in _WORDS
        }


def default_element(elements: Sequence[str]) -> str | None:
    """Return the element whose metal a table shows until somebody chooses another.

    >>> default_element(("Ag", "Cu", "Nd")), default_element(("Ag", "As")), default_element(())
    ('Cu', 'Ag', None)
    """
    first = next(iter(elements), None)
    return next((name for name in ("Sb", "Cu", "Nd") if name in elements), first)


def figure_json(low_mg: int | None, high_mg: int | None, u_mg: float | None) -> dict[str, Any]:
    """Return a mass as answers give it: kilograms as decimal text, None where nothing is known.

    >>> figure_json(1_500_000, 1_500_000, None)
    {'low': '1.5', 'high': '1.5', 'u95': None, 'unit': 'kg'}
    """
    is_open = high_mg is None or high_mg >= UNBOUNDED_MG
    spread = None
    if u_mg is not None and np.isfinite(u_mg):
        spread = mass_text(round(COVERAGE_FACTOR * u_mg), "kg")
    return {
        "low": None if low_mg is None or (is_open and low_mg == 0) else mass_text(low_mg, "kg"),
        "high": None if is_open or high_mg is None else mass_text(high_mg, "kg"),
        "u95": spread,
        "unit": "kg",
    }


def lot_table(reading: Reading) -> LotTable:
    """Return every lot of a reading in columns: where it is, what it is, since when, how much."""
    ledger, books = reading.ledger, reading.books
    columns, lines = ledger.columns, books.lines
    n = len(columns.lots.names)
    events = columns.events
    time_us = np.array(events.time_us, np.int64)
    of_lot = lines.lot >= 0
    lot, event = lines.lot[of_lot], lines.event[of_lot]
    first = np.full(n, np.iinfo(np.int64).max)
    last = np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first, lot, time_us[event])
    np.maximum.at(last, lot, time_us[event])
    material = _first_of(lines.lot, np.array(columns.lines.material, np.int64), n)
    site, holder, moving = _whereabouts(reading, n)
    book = books.book(DRY)
    made_low, made_high, basis = _made(reading, n)
    names = list(columns.materials.names)
    _take_observed(reading, first, last, material, basis, names)
    materials = reading.chain.materials
    of_material = [(name, materials.get(name)) for name in names]
    frame = pl.DataFrame(
        {
            "lot": columns.lots.names,
            "material": _named(material, [name for name, _ in of_material]),
            "material_name": _named(material, [m.name if m else name for name, m in of_material]),
            "form": _named(material, [m.form if m else None for _, m in of_material]),
            "stage": _named(material, [m.stage if m else None for _, m in of_material]),
            "site": _named(site, columns.places.names),
            "site_name": _named(site, _site_names(reading)),
            "holder": _named(holder, columns.parties.names),
            "first": _or_none(first, np.iinfo(np.int64).max),
            "last": _or_none(last, np.iinfo(np.int64).min),
            "dry": made_low,
            "dry_high": made_high,
            "stock": np.maximum(book.stock_dry[:, 0], 0),
            "stock_high": book.stock_dry[:, 1],
            "basis": _named(basis, list(BASES)),
        },
        # A column of which nothing is known, or of no lots, still is one of texts or of times.
        schema_overrides={
            **dict.fromkeys(("lot", "material", "material_name", "form", "stage"), pl.String),
            **dict.fromkeys(("site", "site_name", "holder", "basis"), pl.String),
            **dict.fromkeys(("first", "last"), pl.Int64),
        },
    )
    taken = np.zeros(n, np.bool_)
    taken[lines.lot[(lines.side == IN) & of_lot]] = True
    piles = np.zeros(n, np.bool_)
    piles[lines.lot[of_lot & (lines.flags & CONTINUING != 0)]] = True
    seen_only = np.ones(n, np.bool_)
    seen_only[lot] = False
    flags = {
        "continuing": piles,
        "overdrawn": book.overdrawn.astype(np.bool_),
        "in_transit": moving,
        "consumed": taken & (book.stock_dry[:, 1] <= 0) & ~piles,
        "reported_only": seen_only,
    }
    return LotTable(reading, frame, flags)


def _take_observed(
    reading: Reading, first: Ints, last: Ints, material: Ints, basis: Ints, names: list[str]
) -> None:
    """Fill in what reports say of lots: when, and of which material; never a mass.

    ``names`` are the materials by number; those that only reports name are added to it.
    """
    columns = reading.ledger.columns
    for event in reading.ledger.observed:
        time = instant_us(event["time"])
        for seen in event["body"]["lots"]:
            number = columns.lots.index[seen["lot"]]
            first[number] = min(first[number], time)
            last[number] = max(last[number], time)
            if material[number] < 0 and "material" in seen:
                if seen["material"] not in names:
                    names.append(seen["material"])
                material[number] = names.index(seen["material"])
            if basis[number] == BASES.index("unknown"):
                basis[number] = BASES.index("reported")


def _whereabouts(reading: Reading, n: int) -> tuple[Ints, Ints, Mask]:
    """Return site, holder and whether on the way, of every lot, as the custody rules say.

    A lot is where it was last made or received; its holder is whoever made or received it, or the
    carrier while one is named.
    """
    columns, lines = reading.ledger.columns, reading.books.lines
    events = columns.events
    place, party = np.array(events.site, np.int64), np.array(events.party, np.int64)
    order = lines.order
    side, lot, event = lines.side[order], lines.lot[order], lines.event[order]
    arrives = np.isin(side, (OUT, MOVE_IN)) & (lot >= 0)
    moves = (arrives | (side == MOVE_OUT)) & (lot >= 0)
    site, holder = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    # Of an index that repeats, the last assignment holds: lines stand in the order they act.
    at = arrives & (place[event] >= 0)
    site[lot[at]] = place[event[at]]
    held = arrives & (party[event] >= 0)
    holder[lot[held]] = party[event[held]]
    moving = np.zeros(n, np.bool_)
    moving[lot[moves]] = side[moves] == MOVE_OUT
    return site, holder, moving


def _made(reading: Reading, n: int) -> tuple[Ints, Ints, Ints]:
    """Return bounds of the dry mass a lot was made with in all, and the rank of its basis."""
    lines, book = reading.books.lines, reading.books.book(DRY)
    made = (lines.side == OUT) & (lines.lot >= 0)
    low, high = np.zeros(n, np.int64), np.zeros(n, np.int64)
    np.add.at(low, lines.lot[made], book.dry[made, 0])
    bounded = made & (book.dry[:, 1] < UNBOUNDED_MG)
    np.add.at(high, lines.lot[bounded], book.dry[bounded, 1])
    high[lines.lot[made & ~bounded]] = UNBOUNDED_MG
    seen = np.zeros(n, np.bool_)
    seen[lines.lot[made]] = True
    high[~seen] = UNBOUNDED_MG
    basis = np.full(n, -1, np.int64)
    np.maximum.at(basis, lines.lot[made], book.basis[made])
    basis[basis < 0] = BASES.index("unknown")
    return low, high, basis


def _first_of(lot: Ints, value: Ints, n: int) -> Ints:
    """Return for each lot the first value that is not -1."""
    found = np.full(n, -1, np.int64)
    stated = np.flatnonzero((value >= 0) & (lot >= 0))[::-1]
    found[lot[stated]] = value[stated]
    return found


def _named(numbers: Ints, names: list[Any]) -> pl.Series:
    table = pl.Series(names, dtype=pl.String)
    positions = pl.Series(numbers)
    return table.gather(pl.select(pl.when(positions >= 0).then(positions)).to_series())


def _or_none(values: Ints, missing: int) -> pl.Series:
    held = pl.Series(values)
    return pl.select(pl.when(held != missing).then(held)).to_series()


def _site_names(reading: Reading) -> list[str]:
    sites = reading.chain.sites
    return [
        sites[name].name if name in sites else name for name in reading.ledger.columns.places.names
    ]


def _time(value: int | None) -> str | None:
    return None if value is None else instant_text(value)


def _day_us(day: str, clock: str) -> int:
    try:
        return instant_us(day if "T" in day else f"{day}{clock}")
    except ValueError as error:
        raise InputError(f"{day!r} is no day; write 2025-09-01") from error
