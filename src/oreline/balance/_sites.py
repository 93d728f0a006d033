"""Check-in and check-out of every site and period, and of the chain as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.balance._figure import COVERAGE_FACTOR, Figure, figure, minus, plus
from oreline.balance._periods import Period, Periods, periods_between
from oreline.balance._ratio import Ratio, accountability
from oreline.balance._site_findings import site_findings
from oreline.balance._site_terms import (
    FLOWS,
    SIGNS,
    Cells,
    Entries,
    Stocks,
    Term,
    doubtful_lots,
    entries_of,
    flow_terms,
    line_cells,
    line_counts,
    stocks,
)
from oreline.balance._tally import Tally, check_site, tally
from oreline.balance._verdict import Verdict, judge
from oreline.model import Finding, LimitExceededError
from oreline.record import COUNT, IN, LOSS, OUT, Books

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_CELLS = 2_000_000
"""How many sites times periods one balance may have."""
CHAIN = "(chain)"
MASSES = (
    "opening",
    *FLOWS,
    "closing",
    "process_unaccounted",
    "unaccounted",
)


@dataclass(frozen=True, slots=True)
class SiteBalance:
    """The metal account of one place in one period; see ``docs/reference/balance.md``.

    ``opening + extracted + received + moved_in + produced - drawn - consumed - dispatched -
    moved_out + count_difference + adjustment = closing``, to the milligram where masses are known;
    ``process_unaccounted = drawn - produced - lost``; ``unaccounted = process_unaccounted -
    count_difference - adjustment``, which is in - out - change of stock - lost.
    """

    site: str
    period: str
    start: str
    end: str
    opening: Figure
    extracted: Figure
    received: Figure
    moved_in: Figure
    produced: Figure
    drawn: Figure
    consumed: Figure
    lost: Figure
    dispatched: Figure
    moved_out: Figure
    count_difference: Figure
    adjustment: Figure
    closing: Figure
    process_unaccounted: Figure
    unaccounted: Figure
    accountability: Ratio | None
    verdict: Verdict
    reason: str
    negative_lots: int

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the account with masses as decimal text in ``unit``."""
        found: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Figure):
                value = value.to_json(unit)
            elif isinstance(value, Ratio):
                value = value.to_json()
            elif isinstance(value, Verdict):
                value = str(value)
            found[item.name] = value
        return found


@dataclass(frozen=True, slots=True)
class SiteBalances:
    """The accounts of sites, period by period; ``chain`` is that of everything together."""

    element: str
    rows: tuple[SiteBalance, ...]
    chain: tuple[SiteBalance, ...]
    findings: tuple[Finding, ...]

    def __iter__(self) -> Iterator[SiteBalance]:
        """Give the account of each site and period."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return the number of accounts."""
        return len(self.rows)

    def at(self, site: str, period: str) -> SiteBalance | None:
        """Return the account of a site and period, None where nothing was and nothing happened."""
        found = (row for row in self.rows if (row.site, row.period) == (site, period))
        return next(found, None)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a site and period, then the chain; masses in milligrams."""
        rows = [_flat(row) for row in (*self.rows, *self.chain)]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return all accounts with masses as decimal text in ``unit``."""
        return {
            "element": self.element,
            "coverage_factor": str(COVERAGE_FACTOR),
            "sites": [row.to_json(unit) for row in self.rows],
            "chain": [row.to_json(unit) for row in self.chain],
            "findings": [finding.to_json() for finding in self.findings],
        }


def balance_sites(
    books: Books,
    element: str,
    site: str | None = None,
    period: Period = "month",
    *,
    time_zone: str = "UTC",
) -> SiteBalances:
    """Account for an element at every site and period, or at one site.

    Parameters
    ----------
    site
        One site; the account of the chain still covers all.
    period
        ``day``, ``month``, ``year``, or one span (from, to), half open.
    time_zone
        Where midnight is, an IANA name.

    Raises
    ------
    InputError
        If element, site, period or time zone is not understood.
    LimitExceededError
        If there are more than ``MAX_CELLS`` sites and periods.
    """
    held = tally(books, element)
    names = held.places.names
    if site is not None:
        check_site(names, site)
    time_us = held.places.time_us
    if not time_us.size and not isinstance(period, tuple):
        return SiteBalances(element, (), (), ())
    first, last = (int(time_us[0]), int(time_us[-1])) if time_us.size else (0, 0)
    periods = periods_between(period, first, last, time_zone)
    number = periods.of(time_us)
    cells = Cells(len(names), len(periods), number)
    if cells.size > MAX_CELLS:
        message = (
            f"{cells.size} sites and periods, over MAX_CELLS = {MAX_CELLS}; choose longer ones"
        )
        raise LimitExceededError(message)
    entries = entries_of(held)
    accounts = _accounts(held, cells, entries)
    wanted = range(len(names)) if site is None else [names.index(site)]
    rows = tuple(
        account
        for place in wanted
        for account in _rows(accounts, periods, place, names[place], only_used=True)
    )
    whole = _accounts(held, Cells(1, len(periods), number, whole=True), entries)
    chain = tuple(_rows(whole, periods, 0, CHAIN, only_used=False))
    if os.environ.get("ORELINE_VERIFY") == "1":
        for row in (*rows, *chain):
            assert_identity(row)
    return SiteBalances(element, rows, chain, site_findings(held, periods, rows))


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Everything that the accounts are made of, over cells."""

    lots: tuple[str, ...]
    cells: Cells
    flows: dict[str, Term]
    stocks: Stocks
    process_u: Floats
    unaccounted_u: Floats
    doubtful: Ints
    n_lines: Ints
    used: npt.NDArray[np.bool_]


def _accounts(held: Tally, cells: Cells, entries: dict[str, Entries]) -> _Accounts:
    flows = flow_terms(held, cells, entries)
    in_cells = held.in_cells(line_cells(held, cells), cells.size)
    weight = (held.on_side(IN) * 1.0 - held.on_side(OUT) * 1.0) * held.changed
    weight -= held.on_side(LOSS)
    with_counts = weight - held.on_side(COUNT)
    stock = stocks(held, cells)
    active = np.zeros(cells.size, np.bool_)
    for item in entries.values():
        at = cells.of(item.line, item.place)
        active[at[at >= 0]] = True
    width = cells.n_periods + 1
    holds = (stock.sums.low != 0) | (stock.sums.high != 0) | (stock.sums.high_open > 0)
    held_at = holds.reshape(cells.n_places, width)
    used = active | (held_at[:, :-1] | held_at[:, 1:]).ravel()
    return _Accounts(
        tuple(held.columns.lots.names),
        cells,
        flows,
        stock,
        np.sqrt(held.variances(in_cells, weight)),
        np.sqrt(held.variances(in_cells, with_counts)),
        doubtful_lots(held, cells),
        line_counts(held, cells),
        used,
    )


def _rows(
    accounts: _Accounts, periods: Periods, place: int, name: str, *, only_used: bool
) -> Iterator[SiteBalance]:
    basis, defaults = 0, 0
    for number in range(len(periods)):
        cell = place * len(periods) + number
        for term in accounts.flows.values():
            # A stock rests on everything that ever came to it.
            basis = max(basis, int(term.basis[cell]))
            defaults |= int(term.defaults[cell])
        if only_used and not accounts.used[cell]:
            continue
        yield _row(accounts, periods, (place, number), name, (basis, defaults))


def _row(
    accounts: _Accounts,
    periods: Periods,
    at: tuple[int, int],
    name: str,
    rests: tuple[int, int],
) -> SiteBalance:
    place, number = at
    cell = place * len(periods) + number
    masses = {
        item: figure(
            *term.sums.at(cell),
            float(term.u[cell]),
            int(term.basis[cell]),
            int(term.defaults[cell]),
        )
        for item, term in accounts.flows.items()
    }
    for item, boundary in (("opening", number), ("closing", number + 1)):
        u = float(accounts.stocks.u[place, boundary])
        masses[item] = figure(*accounts.stocks.at(place, boundary), u, *rests)
    both = _process_bounds(masses)
    process = figure(*both, float(accounts.process_u[cell]), *_of_terms(accounts, cell))
    masses["process_unaccounted"] = process
    count, adjusted = masses["count_difference"], masses["adjustment"]
    masses["unaccounted"] = figure(
        minus(minus(process.low_mg, count.high_mg), adjusted.high_mg),
        minus(minus(process.high_mg, count.low_mg), adjusted.low_mg),
        float(accounts.unaccounted_u[cell]),
        *_of_terms(accounts, cell),
    )
    negative = int(accounts.stocks.negative[place, number : number + 2].max())
    doubts = _doubts(accounts, cell, negative)
    judged = judge(masses["unaccounted"], int(accounts.n_lines[cell]), doubts)
    return SiteBalance(
        site=name,
        period=periods.labels[number],
        start=periods.start(number),
        end=periods.end(number),
        accountability=accountability(
            (masses["extracted"], masses["received"], masses["moved_in"]), masses["unaccounted"]
        ),
        verdict=judged.verdict,
        reason=judged.reason,
        negative_lots=negative,
        **masses,
    )


def _of_terms(accounts: _Accounts, cell: int) -> tuple[int, int]:
    basis = defaults = 0
    for name in ("drawn", "produced", "lost", "count_difference", "adjustment"):
        basis = max(basis, int(accounts.flows[name].basis[cell]))
        defaults |= int(accounts.flows[name].defaults[cell])
    return basis, defaults


def _process_bounds(masses: dict[str, Figure]) -> tuple[int | None, int | None]:
    """Return drawn - produced - lost, by the flows and by the stocks, the narrower of the two."""
    drawn, produced, lost = (masses[name] for name in ("drawn", "produced", "lost"))
    low = minus(minus(drawn.low_mg, produced.high_mg), lost.high_mg)
    high = minus(minus(drawn.high_mg, produced.low_mg), lost.low_mg)
    if low == high and low is not None:
        return low, high
    other_low, other_high = _by_stocks(masses)
    narrow_low = low if other_low is None else other_low if low is None else max(low, other_low)
    narrow_high = (
        high if other_high is None else other_high if high is None else min(high, other_high)
    )
    if narrow_low is not None and narrow_high is not None and narrow_low > narrow_high:
        # The book had to cut a stock off at zero: only the flows then say something.
        return low, high
    return narrow_low, narrow_high


def _by_stocks(masses: dict[str, Figure]) -> tuple[int | None, int | None]:
    opening, closing, lost = masses["opening"], masses["closing"], masses["lost"]
    low = minus(minus(opening.low_mg, closing.high_mg), lost.high_mg)
    high = minus(minus(opening.high_mg, closing.low_mg), lost.low_mg)
    for name, sign in SIGNS.items():
        if name in ("drawn", "produced"):
            continue
        item = masses[name]
        if sign > 0:
            low, high = plus(low, item.low_mg), plus(high, item.high_mg)
        else:
            low, high = minus(low, item.high_mg), minus(high, item.low_mg)
    return low, high


def _doubts(accounts: _Accounts, cell: int, negative: int) -> str:
    lot = int(accounts.doubtful[cell])
    if lot >= 0:
        return f"it rests on {accounts.lots[lot]}, from which more was drawn than it held"
    if negative:
        return f"the book stock of {negative} lot{'s' if negative > 1 else ''} is below zero"
    return ""


def assert_identity(row: SiteBalance) -> None:
    """Check that a known account adds up, to the milligram; it is our mistake if it does not."""
    terms = [row.opening, row.closing, *(getattr(row, name) for name in SIGNS)]
    if not all(term.is_known for term in terms):
        return
    book = row.opening.low_mg
    for name, sign in SIGNS.items():
        book += sign * getattr(row, name).low_mg
    assert book == row.closing.low_mg, f"{row.site} {row.period} does not add up"


def _flat(row: SiteBalance) -> list[Any]:
    ratio = row.accountability
    flat: list[Any] = [row.site, row.period, row.start, row.end, str(row.verdict), row.reason]
    flat += [row.negative_lots]
    flat += [None] * 3 if ratio is None else [ratio.low, ratio.high, ratio.u]
    for name in MASSES:
        item: Figure = getattr(row, name)
        flat += [item.low_mg, item.high_mg, item.u_mg, item.basis, " ".join(item.defaults)]
    return flat


_SCHEMA: dict[str, Any] = {
    "site": pl.String,
    "period": pl.String,
    "start": pl.String,
    "end": pl.String,
    "verdict": pl.String,
    "reason": pl.String,
    "negative_lots": pl.Int64,
    "accountability_low": pl.Float64,
    "accountability_high": pl.Float64,
    "accountability_u": pl.Float64,
} | {
    f"{name}_{part}": kind
    for name in MASSES
    for part, kind in (
        ("low_mg", pl.Int64),
        ("high_mg", pl.Int64),
        ("u_mg", pl.Float64),
        ("basis", pl.String),
        ("defaults", pl.String),
    )
}
