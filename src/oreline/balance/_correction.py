"""What a correction changes downstream: lots, accounts and verdicts of every element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.balance._figure import Figure
from oreline.balance._periods import Period
from oreline.balance._sites import SiteBalance, balance_sites
from oreline.balance._whatif import Change, VerdictChange
from oreline.model import UNBOUNDED_MG
from oreline.record import BASES, OUT, Books, Ledger, open_books, with_amendments

Ints = npt.NDArray[np.int64]
WATCHED = ("closing", "unaccounted")
"""The terms of an account that are compared."""


@dataclass(frozen=True, slots=True)
class Downstream:
    """What would count otherwise if an event were corrected: per element, lots and accounts."""

    event: str
    lots: tuple[tuple[str, Change], ...]
    sites: tuple[tuple[str, Change], ...]
    verdicts: tuple[tuple[str, VerdictChange], ...]

    def to_json(self, unit: str = "kg") -> dict[str, Any]:
        """Return all changes with masses as decimal text in ``unit``."""

        def told(element: str, change: Change) -> dict[str, Any]:
            return {
                "element": element,
                "what": change.what,
                "where": change.where,
                "period": change.period,
                "before": change.before.to_json(unit),
                "after": change.after.to_json(unit),
            }

        return {
            "event": self.event,
            "lots": [told(*item) for item in self.lots],
            "sites": [told(*item) for item in self.sites],
            "verdicts": [
                {
                    "element": element,
                    "where": item.where,
                    "period": item.period,
                    "before": item.before,
                    "after": item.after,
                }
                for element, item in self.verdicts
            ],
        }


def downstream(
    ledger: Ledger,
    seq: int,
    replacement: Mapping[str, Any] | None,
    *,
    period: Period = "month",
    time_zone: str = "UTC",
) -> Downstream:
    """Say what would change if an event were corrected; nothing is written.

    Parameters
    ----------
    seq
        The position of the event.
    replacement
        The fields that stand in place of its own; None voids it.

    Raises
    ------
    InputError
        If the event is not in force, or what would stand there is malformed.
    """
    other = with_amendments(ledger, {seq: replacement})
    before, after = open_books(ledger), open_books(other)
    lots: list[tuple[str, Change]] = []
    sites: list[tuple[str, Change]] = []
    verdicts: list[tuple[str, VerdictChange]] = []
    for element in sorted({*before.elements, *after.elements}):
        changed = list(_lots(before, after, element))
        if not changed:
            continue
        lots.extend((element, change) for change in changed)
        for one in _accounts(before, after, element, period, time_zone):
            if isinstance(one, Change):
                sites.append((element, one))
            else:
                verdicts.append((element, one))
    identity = ledger.event(seq)["id"]
    return Downstream(identity, tuple(lots), tuple(sites), tuple(verdicts))


def _lots(before: Books, after: Books, element: str) -> Iterator[Change]:
    """Give the lots of which something else was made, or which hold something else."""
    old, new = _per_lot(before, element), _per_lot(after, element)
    names = list(dict.fromkeys((*old, *new)))
    nothing = Figure(0, 0, None, "unknown")
    for name in names:
        one, two = old.get(name), new.get(name)
        for place, what in enumerate(("metal made", "metal in the books")):
            left = nothing if one is None else one[place]
            right = nothing if two is None else two[place]
            if (left.low_mg, left.high_mg) != (right.low_mg, right.high_mg):
                yield Change(what, name, "", left, right)


def _per_lot(books: Books, element: str) -> dict[str, tuple[Figure, Figure]]:
    book, lines = books.book(element), books.lines
    names = books.ledger.columns.lots.names
    n = len(names)
    made = (lines.side == OUT) & (lines.lot >= 0)
    low, high = np.zeros(n, np.int64), np.zeros(n, np.int64)
    basis = np.zeros(n, np.int64)
    np.add.at(low, lines.lot[made], book.metal[made, 0])
    bounded = made & (book.metal[:, 1] < UNBOUNDED_MG)
    np.add.at(high, lines.lot[bounded], book.metal[bounded, 1])
    high[lines.lot[made & ~bounded]] = UNBOUNDED_MG
    np.maximum.at(basis, lines.lot[made], book.basis[made])
    stock: Ints = book.stock_metal
    return {
        name: (
            _figure(int(low[at]), int(high[at]), int(basis[at])),
            _figure(int(stock[at, 0]), int(stock[at, 1]), int(basis[at])),
        )
        for at, name in enumerate(names)
    }


def _figure(low: int, high: int, basis: int) -> Figure:
    return Figure(low, None if high >= UNBOUNDED_MG else high, None, BASES[basis])


def _accounts(
    before: Books, after: Books, element: str, period: Period, time_zone: str
) -> Iterator[Change | VerdictChange]:
    old = _rows(balance_sites(before, element, period=period, time_zone=time_zone))
    new = _rows(balance_sites(after, element, period=period, time_zone=time_zone))
    for key in dict.fromkeys((*old, *new)):
        one, two = old.get(key), new.get(key)
        if one is None or two is None:
            continue
        for term in WATCHED:
            left, right = getattr(one, term), getattr(two, term)
            if (left.low_mg, left.high_mg) != (right.low_mg, right.high_mg):
                yield Change(term, one.site, one.period, left, right)
        if one.verdict != two.verdict:
            yield VerdictChange(one.site, one.period, str(one.verdict), str(two.verdict))


def _rows(found: Any) -> dict[tuple[str, str], SiteBalance]:
    return {(row.site, row.period): row for row in (*found.rows, *found.chain)}
