"""What left against what arrived: moisture change and dry loss of every lot that was moved.

A receiver's weight is a measurement beside the book, which moves whole lots unchanged. Here the two
are compared: the wet difference is the water that came or went plus the dry mass that did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.balance._figure import COVERAGE_FACTOR, Figure, figure, minus
from oreline.balance._tally import Tally, tally
from oreline.balance._verdict import Judged, Verdict, judge
from oreline.model import PPT, UNBOUNDED_MG, InputError
from oreline.record import BASES, MOVE_IN, MOVE_OUT, OUT, Books, instant_text

Ints = npt.NDArray[np.int64]

NOT_WEIGHED = "the receiver recorded no weight"
NO_MOISTURE = "the receiver measured no moisture: a change of water cannot be told from a loss"
NOT_KNOWN = Figure(None, None, None, "unknown")
MASSES = (
    "dispatched_wet",
    "dispatched_dry",
    "received_wet",
    "received_dry",
    "wet_difference",
    "water_difference",
    "dry_loss",
    "metal_carried",
    "metal_loss",
)


@dataclass(frozen=True, slots=True)
class Trip:
    """One lot on its way from a dispatch to its receipt; differences are sent less arrived.

    ``wet_difference = water_difference + dry_loss``. ``metal_carried`` is the book's; the loss is
    taken to be as rich as the lot.
    """

    lot: str
    dispatch: str
    receipt: str
    origin: str
    destination: str
    sent: str
    arrived: str
    containers: tuple[str, ...]
    dispatched_wet: Figure
    dispatched_dry: Figure
    received_wet: Figure
    received_dry: Figure
    wet_difference: Figure
    water_difference: Figure
    dry_loss: Figure
    metal_carried: Figure
    metal_loss: Figure
    verdict: Verdict
    reason: str

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the trip with masses as decimal text in ``unit``."""
        found: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Figure):
                value = value.to_json(unit)
            elif isinstance(value, Verdict):
                value = str(value)
            elif isinstance(value, tuple):
                value = list(value)
            found[item.name] = value
        return found


@dataclass(frozen=True, slots=True)
class Trips:
    """All trips, and the dispatches whose lots have not arrived: (event, lot)."""

    element: str
    rows: tuple[Trip, ...]
    under_way: tuple[tuple[str, str], ...]

    def __iter__(self) -> Iterator[Trip]:
        """Give every trip, in the order of the receipts."""
        return iter(self.rows)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a trip; masses in milligrams."""
        words = ("lot", "dispatch", "receipt", "origin", "destination", "sent", "arrived", "reason")
        columns: dict[str, Any] = {
            name: pl.Series([getattr(row, name) for row in self.rows], dtype=pl.String)
            for name in words
        }
        verdicts = [str(row.verdict) for row in self.rows]
        columns["verdict"] = pl.Series(verdicts, dtype=pl.String)
        for name in MASSES:
            for part, kind in (("low_mg", pl.Int64), ("high_mg", pl.Int64), ("u_mg", pl.Float64)):
                values = [getattr(getattr(row, name), part) for row in self.rows]
                columns[f"{name}_{part}"] = pl.Series(values, dtype=kind)
        return pl.DataFrame(columns)

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return all trips with masses as decimal text in ``unit``."""
        return {
            "element": self.element,
            "coverage_factor": str(COVERAGE_FACTOR),
            "trips": [row.to_json(unit) for row in self.rows],
            "under_way": [{"dispatch": event, "lot": lot} for event, lot in self.under_way],
        }


def transit(
    books: Books,
    element: str,
    *,
    lots: Collection[str] | None = None,
    site: str | None = None,
) -> Trips:
    """Compare what was dispatched with what was received, lot by lot.

    Parameters
    ----------
    lots
        Only these; all by default.
    site
        Only what was dispatched from it, received at it, or is under way to it.

    Raises
    ------
    InputError
        If the element or the site is not known.
    """
    held = tally(books, element)
    sent, arrived, open_ends = _pairs(held)
    keep = _kept(held, lots, site)
    wanted = keep(sent) | keep(arrived)
    sent, arrived, open_ends = sent[wanted], arrived[wanted], open_ends[keep(open_ends)]
    rows = tuple(
        _trip(books, held, left, right)
        for left, right in zip(sent.tolist(), arrived.tolist(), strict=True)
    )
    events, lots = held.columns.events.id, held.columns.lots.names
    waiting = tuple(
        (events[held.lines.event[row]], lots[held.lines.lot[row]]) for row in open_ends.tolist()
    )
    return Trips(element, rows, waiting)


def _kept(
    held: Tally, lots: Collection[str] | None, site: str | None
) -> Callable[[Ints], npt.NDArray[np.bool_]]:
    """Return what tells of places of lines whether they are asked for."""
    of_event = held.lines.event
    names, places = held.columns.lots.index, held.columns.places.index
    if site is not None and site not in places:
        message = f"no event of this ledger is at the site {site}"
        raise InputError(message)
    wanted = None if lots is None else [names[lot] for lot in lots if lot in names]
    events = held.columns.events
    at = np.array(events.site), np.array(events.to_site)

    def keep(rows: Ints) -> npt.NDArray[np.bool_]:
        found = np.ones(rows.size, bool)
        if wanted is not None:
            found &= np.isin(held.lines.lot[rows], wanted)
        if site is not None:
            found &= np.logical_or.reduce([end[of_event[rows]] == places[site] for end in at])
        return found

    return keep


def _pairs(held: Tally) -> tuple[Ints, Ints, Ints]:
    """Return dispatches with their receipts, and dispatches without, as places of lines.

    The receipt of a lot that nobody here made brings it into the books: there it is a making.
    """
    sides = held.lines.side
    arrives = (sides == MOVE_IN) | _brings(held, np.arange(len(sides)))
    moves = np.flatnonzero((sides == MOVE_OUT) | arrives)
    moves = moves[np.argsort(held.lines.lot[moves], kind="stable")]
    side, lot = sides[moves], held.lines.lot[moves]
    is_pair = (side[:-1] == MOVE_OUT) & arrives[moves[1:]] & (lot[:-1] == lot[1:])
    at = np.flatnonzero(is_pair)
    by_receipt = np.argsort(moves[at + 1])
    away = np.flatnonzero(side == MOVE_OUT)
    waiting = np.setdiff1d(away, at, assume_unique=True)
    return moves[at][by_receipt], moves[at + 1][by_receipt], np.sort(moves[waiting])


def _brings(held: Tally, rows: Ints) -> npt.NDArray[np.bool_]:
    """Return which lines are receipts of lots that nobody here made."""
    kind = np.array(held.columns.events.kind, np.int64)[held.lines.event[rows]]
    received = kind == held.columns.kinds.index.get("receive", -1)
    found: npt.NDArray[np.bool_] = (held.lines.side[rows] == OUT) & received
    return found


def _trip(books: Books, held: Tally, left: int, right: int) -> Trip:
    events, columns = held.columns.events, held.columns
    rows = int(held.lines.event[left]), int(held.lines.event[right])
    sent_wet, sent_dry = _weights(books, held, left)
    got_wet, got_dry = _weights(books, held, right)
    carried = _carried(held, left)
    if _brings(held, np.array([right]))[0]:
        # Nobody here knows what was in it, nor how much of it there was but for what was weighed.
        carried = NOT_KNOWN
        if not columns.lines.mass_given[int(held.number[left])]:
            sent_wet = sent_dry = NOT_KNOWN
    dry_loss, wet = _less(sent_dry, got_dry), _less(sent_wet, got_wet)
    judged = _judged(columns.lines, int(held.number[right]), dry_loss)
    return Trip(
        lot=columns.lots.names[held.lines.lot[left]],
        dispatch=events.id[rows[0]],
        receipt=events.id[rows[1]],
        origin=held.places.names[held.places.event[left]],
        destination=held.places.names[held.places.event[right]],
        sent=instant_text(events.time_us[rows[0]]),
        arrived=instant_text(events.time_us[rows[1]]),
        containers=_containers(held, rows),
        dispatched_wet=sent_wet,
        dispatched_dry=sent_dry,
        received_wet=got_wet,
        received_dry=got_dry,
        wet_difference=wet,
        water_difference=_water((sent_wet, sent_dry), (got_wet, got_dry)),
        dry_loss=dry_loss,
        metal_carried=carried,
        metal_loss=_metal_loss(dry_loss, carried, sent_dry),
        verdict=judged.verdict,
        reason=judged.reason,
    )


def _judged(lines: Any, number: int, dry_loss: Figure) -> Judged:
    if not lines.mass_given[number]:
        return Judged(Verdict.UNKNOWN, NOT_WEIGHED)
    if lines.dry_high[number] == UNBOUNDED_MG and lines.moisture_low[number] < 0:
        return Judged(Verdict.UNKNOWN, NO_MOISTURE)
    return judge(dry_loss, 2, what="dry mass")


def _weights(books: Books, held: Tally, row: int) -> tuple[Figure, Figure]:
    """Return the wet and dry mass that the line measured, else the dry mass of the book."""
    number = int(held.number[row])
    lines = held.columns.lines
    basis, defaults = int(held.lines.mass_basis[row]), int(held.lines.mass_defaults[row])
    wet_u = lines.wet_u[number]
    wet = figure(*_bounds(lines.wet_low[number], lines.wet_high[number]), wet_u, basis, defaults)
    if lines.mass_given[number]:
        low, high = books.lines.dry[number].tolist()
        dry_u = float(books.lines.dry_u[number])
        return wet, figure(*_bounds(low, high), dry_u, basis, defaults)
    low, high = held.lines.dry[row].tolist()
    of_lot, bits = int(held.rests.basis[row]), int(held.rests.defaults[row])
    dry_u = float(held.lines.dry_u[row])
    return wet, figure(*_bounds(low, high), dry_u, of_lot, bits)


def _bounds(low: int, high: int) -> tuple[int | None, int | None]:
    return low, None if high == UNBOUNDED_MG else high


def _less(left: Figure, right: Figure) -> Figure:
    u = None
    if left.u_mg is not None and right.u_mg is not None:
        u = math.hypot(left.u_mg, right.u_mg)
    names = tuple(sorted({*left.defaults, *right.defaults}))
    low, high = minus(left.low_mg, right.high_mg), minus(left.high_mg, right.low_mg)
    return Figure(low, high, u, _weaker(left, right), names)


def _weaker(left: Figure, right: Figure) -> str:
    return max(left.basis, right.basis, key=BASES.index)


def _water(sent: tuple[Figure, Figure], got: tuple[Figure, Figure]) -> Figure:
    """Return the water that left less the water that arrived.

    Water is W h, and wet and dry mass share W: u(water)^2 = (h u_W)^2 + (u_D^2 - ((1 - h) u_W)^2).
    """
    left, right = (_wetness(wet, dry) for wet, dry in (sent, got))
    return _less(left, right)


def _wetness(wet: Figure, dry: Figure) -> Figure:
    u = None
    known = wet.is_known and dry.is_known and wet.low_mg
    if known and wet.u_mg is not None and dry.u_mg is not None:
        assert wet.low_mg is not None
        assert dry.low_mg is not None
        solid = dry.low_mg / wet.low_mg
        of_moisture = max(dry.u_mg**2 - (solid * wet.u_mg) ** 2, 0.0)
        u = math.sqrt(((1 - solid) * wet.u_mg) ** 2 + of_moisture)
    names = tuple(sorted({*wet.defaults, *dry.defaults}))
    low, high = minus(wet.low_mg, dry.high_mg), minus(wet.high_mg, dry.low_mg)
    return Figure(low, high, u, _weaker(wet, dry), names)


def _carried(held: Tally, row: int) -> Figure:
    low, high = held.before[row].tolist()
    u = math.sqrt(float(held.rests.before[row]))
    return figure(*_bounds(low, high), u, int(held.rests.basis[row]), int(held.rests.defaults[row]))


def _metal_loss(dry_loss: Figure, carried: Figure, dry: Figure) -> Figure:
    """Return the metal in the dry loss, as rich as the lot; bounds by the extreme cases."""
    names = tuple(sorted({*dry_loss.defaults, *carried.defaults}))
    basis = _weaker(dry_loss, carried)
    bounds = (dry_loss.low_mg, dry_loss.high_mg, carried.low_mg, carried.high_mg)
    least, most = dry.low_mg, dry.high_mg
    if None in bounds or not least or not most:
        return Figure(None, None, None, basis, names)
    low, high, poor, rich = (value for value in bounds if value is not None)
    parts = [(poor * PPT // most), (rich * PPT // least)]
    cases = [loss * part // PPT for loss in (low, high) for part in parts]
    u = None if dry_loss.u_mg is None else dry_loss.u_mg * parts[0] / PPT
    return Figure(min(cases), max(cases), u, basis, names)


def _containers(held: Tally, rows: tuple[int, int]) -> tuple[str, ...]:
    named: dict[str, None] = {}
    for row in rows:
        seq = held.columns.events.seq[row]
        if b'"containers"' in held.ledger.raw[seq] or seq in held.ledger.verdicts.amended:
            named |= dict.fromkeys(held.ledger.event(seq)["body"].get("containers", ()))
    return tuple(named)
