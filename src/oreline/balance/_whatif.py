"""What one other assay would change: the lots, the events and the sites whose account moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from oreline.balance._events import balance_events
from oreline.balance._figure import Figure, figure
from oreline.balance._periods import Period
from oreline.balance._sites import MASSES, SiteBalance, balance_sites
from oreline.balance._tally import tally
from oreline.model import UNBOUNDED_MG, InputError, UnitError, analyte
from oreline.record import OUT, Books, Ledger, open_books, with_amendments


@dataclass(frozen=True, slots=True)
class Change:
    """One figure before and after."""

    what: str
    where: str
    period: str
    before: Figure
    after: Figure

    @property
    def change_mg(self) -> int | None:
        """Return after less before, None where either is not one value."""
        if not (self.before.is_known and self.after.is_known):
            return None
        assert self.before.low_mg is not None
        assert self.after.low_mg is not None
        return self.after.low_mg - self.before.low_mg


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A verdict that another assay would turn."""

    where: str
    period: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What would change if one grade were another: masses of lots, events and sites, verdicts.

    ``was`` and ``becomes`` are the grade as written.
    """

    element: str
    event: str
    was: str
    becomes: str
    unit: str
    lots: tuple[Change, ...]
    events: tuple[Change, ...]
    sites: tuple[Change, ...]
    verdicts: tuple[VerdictChange, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each figure that changes; masses in milligrams."""
        rows = [
            (
                scope,
                item.what,
                item.where,
                item.period,
                *(item.before.low_mg, item.before.high_mg),
                *(item.after.low_mg, item.after.high_mg),
                item.change_mg,
            )
            for scope, items in (("lot", self.lots), ("event", self.events), ("site", self.sites))
            for item in items
        ]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return all changes with masses as decimal text in ``unit``."""
        found: dict[str, Any] = {
            "element": self.element,
            "event": self.event,
            "was": self.was,
            "becomes": self.becomes,
            "unit": self.unit,
            "verdicts": [
                {"where": item.where, "period": item.period, "before": item.before}
                | {"after": item.after}
                for item in self.verdicts
            ],
        }
        for scope in ("lots", "events", "sites"):
            found[scope] = [
                {
                    "what": item.what,
                    "where": item.where,
                    "period": item.period,
                    "before": item.before.to_json(unit),
                    "after": item.after.to_json(unit),
                }
                for item in getattr(self, scope)
            ]
        return found


@dataclass(frozen=True, slots=True)
class OtherGrade:
    """A ledger in memory in which one grade is another; ``was`` is the grade as written.

    ``position`` and ``replacement`` are those of the event, as a correction would say it.
    """

    event: str
    was: str
    unit: str
    ledger: Ledger
    position: int
    replacement: Mapping[str, Any]


_SCHEMA: dict[str, Any] = {
    "scope": pl.String,
    "what": pl.String,
    "where": pl.String,
    "period": pl.String,
    "before_low_mg": pl.Int64,
    "before_high_mg": pl.Int64,
    "after_low_mg": pl.Int64,
    "after_high_mg": pl.Int64,
    "change_mg": pl.Int64,
}


def what_if_grade(
    ledger: Ledger,
    subject: str,
    symbol: str,
    value: str,
    *,
    element: str | None = None,
    unit: str | None = None,
    period: Period = "month",
    time_zone: str = "UTC",
    books: Books | None = None,
) -> Difference:
    """Say what would change if one grade were another; nothing is written.

    Parameters
    ----------
    subject
        The id of the assay, or of the event whose outputs state the grade; or a lot, if exactly one
        event states its grade.
    symbol
        The analyte as written there: ``Sb``, ``Nd2O3`` ...
    value
        The other value, decimal text in the unit of the old one or in ``unit``. A stated
        uncertainty stays as it is.
    element
        The element to balance; by default that of the analyte.
    books
        The books of the ledger as it is, where somebody has opened them already.

    Raises
    ------
    InputError
        If no event, or more than one, states such a grade, the value is no grade, or the books are
        of another ledger.
    """
    if books is not None and books.ledger is not ledger:
        raise InputError("these are the books of another ledger")
    made = ledger_with_grade(ledger, subject, symbol, value, unit)
    balanced = element or _element_of(symbol)
    before, after = books or open_books(ledger), open_books(made.ledger)
    sites, verdicts = _site_changes(before, after, balanced, period, time_zone)
    events, turned = _event_changes(before, after, balanced)
    return Difference(
        element=balanced,
        event=made.event,
        was=made.was,
        becomes=value,
        unit=made.unit,
        lots=tuple(_lot_changes(before, after, balanced)),
        events=events,
        sites=sites,
        verdicts=(*turned, *verdicts),
    )


def ledger_with_grade(
    ledger: Ledger, subject: str, symbol: str, value: str, unit: str | None = None
) -> OtherGrade:
    """Return the ledger as it would be if one grade were another; in memory, nothing is written.

    The parameters and errors are those of :func:`what_if_grade`.
    """
    identity = _event_of(ledger, subject, symbol)
    event = ledger.find(identity)
    body, old = _with_value(event["body"], symbol, value, unit, _lot_of(ledger, subject))
    in_force = ledger.columns.events
    if identity not in in_force.id:
        message = f"{identity} is not in force as of the moment asked"
        raise InputError(message)
    seq = in_force.seq[in_force.id.index(identity)]
    replacement = {"body": body}
    return OtherGrade(
        identity,
        str(old.get("value") or old),
        unit or str(old.get("unit", "%")),
        with_amendments(ledger, {seq: replacement}),
        seq,
        replacement,
    )


def _element_of(symbol: str) -> str:
    what = analyte(symbol)
    return symbol if what.kind == "aggregate" else what.elements[0][0]


def _lot_of(ledger: Ledger, subject: str) -> str | None:
    return subject if subject in ledger.columns.lots.index else None


def _event_of(ledger: Ledger, subject: str, symbol: str) -> str:
    """Return the id of the event that states the grade."""
    columns = ledger.columns
    number = columns.analytes.index.get(symbol)
    lot = columns.lots.index.get(subject)
    if lot is None:
        return subject
    grades, lines = columns.grades, columns.lines
    found = {
        columns.events.id[event]
        for event, line, of, what in zip(
            grades.event, grades.line, grades.lot, grades.analyte, strict=True
        )
        if what == number and (of == lot or (line >= 0 and _made(lines, line, lot)))
    }
    if len(found) != 1:
        said = ", ".join(sorted(found)) or "none"
        message = f"{subject}: its {symbol} must be stated by one event; it is stated by: {said}"
        raise InputError(message)
    return found.pop()


def _made(lines: Any, line: int, lot: int) -> bool:
    return bool(lines.lot[line] == lot and lines.side[line] == OUT)


def _with_value(
    body: Mapping[str, Any], symbol: str, value: str, unit: str | None, lot: str | None
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return the body with the other value, and the grade as it was."""
    changed = dict(body)
    olds: list[Mapping[str, Any]] = []

    def other(grade: Mapping[str, Any]) -> dict[str, Any]:
        if grade["analyte"] != symbol:
            return dict(grade)
        olds.append(grade)
        kept = {name: item for name, item in grade.items() if name not in _FORMS}
        if unit is not None and "u" in kept and unit != kept.get("unit"):
            message = f"its uncertainty is in {kept.get('unit')}: give the value in that unit"
            raise UnitError(message)
        return {"basis": "assumed", **kept, "value": value, "unit": unit or kept.get("unit", "%")}

    if "results" in changed:
        changed["results"] = [other(grade) for grade in changed["results"]]
    if "outputs" in changed:
        changed["outputs"] = [
            {**line, "grades": [other(grade) for grade in line["grades"]]}
            if "grades" in line and lot in (None, line["lot"])
            else line
            for line in changed["outputs"]
        ]
    if len(olds) != 1:
        message = f"the event must state {symbol} once, but does {len(olds)} times; name the lot"
        raise InputError(message)
    return changed, olds[0]


_FORMS = frozenset({"value", "low", "high", "below", "above", "unknown"})


def _lot_changes(before: Books, after: Books, element: str) -> Iterator[Change]:
    """Give the lots of whose making the book now says something else."""
    old, new = tally(before, element), tally(after, element)
    assert old.lines.lot.size == new.lines.lot.size
    place = np.zeros(new.number.max(initial=-1) + 1, np.int64)
    place[new.number] = np.arange(new.number.size)
    rows = old.on_side(OUT).nonzero()[0]
    others = place[old.number[rows]]
    moved = (old.lines.metal[rows] != new.lines.metal[others]).any(axis=1)
    for row, other in zip(rows[moved].tolist(), others[moved].tolist(), strict=True):
        yield Change(
            what="metal made",
            where=old.columns.lots.names[old.lines.lot[row]],
            period="",
            before=_line_figure(old, row),
            after=_line_figure(new, other),
        )


def _line_figure(held: Any, row: int) -> Figure:
    low, high = held.lines.metal[row].tolist()
    return figure(
        low,
        None if high == UNBOUNDED_MG else high,
        held.lines.metal_u[row].item(),
        int(held.rests.basis[row]),
        int(held.rests.defaults[row]),
    )


def _event_changes(
    before: Books, after: Books, element: str
) -> tuple[tuple[Change, ...], tuple[VerdictChange, ...]]:
    """Give the events whose balance changes."""
    old, new = balance_events(before, element), balance_events(after, element)
    left, right = old.to_frame(), new.to_frame()
    assert left["event"].equals(right["event"])
    watched = [name for name in left.columns if name.startswith("metal_") and "_mg" in name]
    watched = [name for name in watched if not name.endswith("_u_mg")]
    apart = [left[name].ne_missing(right[name]).alias(name) for name in (*watched, "verdict")]
    moved = pl.DataFrame(apart).select(pl.any_horizontal(pl.all())).to_series()
    names = left["event"].filter(moved).to_list()
    changes, turned = [], []
    for name in names:
        one, two = old[name], new[name]
        for term in ("metal_in", "metal_out", "metal_lost", "metal_unaccounted"):
            pair = getattr(one, term), getattr(two, term)
            if _bounds(pair[0]) != _bounds(pair[1]):
                changes.append(Change(term, name, "", *pair))
        if one.verdict != two.verdict:
            turned.append(VerdictChange(name, "", str(one.verdict), str(two.verdict)))
    return tuple(changes), tuple(turned)


def _site_changes(
    before: Books, after: Books, element: str, period: Period, time_zone: str
) -> tuple[tuple[Change, ...], tuple[VerdictChange, ...]]:
    """Give the accounts of sites, and of the chain, that change."""
    old = balance_sites(before, element, period=period, time_zone=time_zone)
    new = balance_sites(after, element, period=period, time_zone=time_zone)
    left, right = ({(row.site, row.period): row for row in _all(both)} for both in (old, new))
    changes, turned = [], []
    for key in [*left, *(key for key in right if key not in left)]:
        one, two = left.get(key), right.get(key)
        for name in MASSES:
            pair = _mass(one, name), _mass(two, name)
            if _bounds(pair[0]) != _bounds(pair[1]):
                changes.append(Change(name, *key, *pair))
        if one is not None and two is not None and one.verdict != two.verdict:
            turned.append(VerdictChange(*key, str(one.verdict), str(two.verdict)))
    return tuple(changes), tuple(turned)


def _all(balances: Any) -> tuple[SiteBalance, ...]:
    return (*balances.rows, *balances.chain)


def _mass(row: SiteBalance | None, name: str) -> Figure:
    if row is None:
        return Figure(0, 0, 0.0, "measured")
    found: Figure = getattr(row, name)
    return found


def _bounds(item: Figure) -> tuple[int | None, int | None]:
    return item.low_mg, item.high_mg
