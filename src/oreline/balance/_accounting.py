"""Making the metal account of a site and a period from the books."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from oreline.balance._account import ElementAccount, Leg, MetalAccount, StockItem, StockTake
from oreline.balance._account_entries import entries_about
from oreline.balance._figure import Figure, figure, minus
from oreline.balance._legs import FLOW_LEGS, Instruments, instruments_of
from oreline.balance._open_values import open_values
from oreline.balance._periods import Periods, periods_between
from oreline.balance._site_terms import Cells, line_cells
from oreline.balance._sites import SiteBalance, balance_sites
from oreline.balance._stages import WASTE_STAGES, materials_of, stages_of
from oreline.balance._stock_list import Holding, holdings, together
from oreline.balance._tally import Tally, check_site, tally
from oreline.model import UNBOUNDED_MG, InputError
from oreline.record import COUNT, IN, MOVE_IN, MOVE_OUT, OUT, Books, Ledger, instant_text

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def period_days(text: str) -> tuple[str, str]:
    """Return the first day of a period as written, and the first day after it.

    >>> period_days("2025-12"), period_days("2025"), period_days("2025-09-30")
    (('2025-12-01', '2026-01-01'), ('2025-01-01', '2026-01-01'), ('2025-09-30', '2025-10-01'))

    Raises
    ------
    InputError
        If it is none of 2025, 2025-09, 2025-09-01 and 2025-09-01..2025-10-01.
    """
    first, separator, after = text.partition("..")
    if separator:
        return first, after
    try:
        parts = [int(part) for part in text.split("-")]
        year, month, day = [*parts, 1, 1][: max(3, len(parts))]
        start = date(year, month, day)
        if len(parts) == 1:
            end = date(start.year + 1, 1, 1)
        elif len(parts) == 2:
            end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        else:
            end = date.fromordinal(start.toordinal() + 1)
    except (TypeError, ValueError):
        message = f"{text!r} is no period; write 2025, 2025-09, 2025-09-01 or FROM..TO"
        raise InputError(message) from None
    return start.isoformat(), end.isoformat()


def metal_account(
    books: Books,
    site: str,
    period: str,
    elements: Sequence[str] = (),
    *,
    time_zone: str = "UTC",
) -> MetalAccount:
    """Return the metal account of a site and a period.

    Every leg is measured by itself; none is computed back from the others. What is left is the
    unaccounted mass. The form follows the metal accounting code AMIRA P754 (release 3, 2007).

    Parameters
    ----------
    period
        ``2025-09``, ``2025``, ``2025-09-01``, or ``FROM..TO`` without the last day.
    elements
        Which to account for; by default every tracked element that the site had or took in.

    Raises
    ------
    InputError
        If site, period, element or time zone is not understood, or nothing was there.
    """
    span = period_days(period)
    accounts: list[ElementAccount] = []
    inventory: list[StockItem] = []
    takes: list[StockTake] = []
    instruments = None
    spans = None
    for element in dict.fromkeys(elements) if elements else books.elements:
        part = _part(books, element, site, span, time_zone)
        if part is None or not (elements or _came_in(part.row)):
            continue
        spans = part.periods
        instruments = instruments or instruments_of(part.held, part.place, spans.bounds_us)
        accounts.append(_element(part, instruments))
        inventory += _inventory(part)
        takes += _stock_takes(part, instruments)
    if spans is None:
        asked = f" of {', '.join(elements)}" if elements else ""
        raise InputError(f"nothing{asked} was at {site} in {period}, and nothing happened there")
    ledger = books.ledger
    names = tuple(one.element for one in accounts)
    return MetalAccount(
        site=site,
        period=period,
        start=spans.start(0),
        end=spans.end(0),
        time_zone=time_zone,
        elements=tuple(accounts),
        inventory=tuple(inventory),
        stock_takes=tuple(takes),
        open_values=open_values(books, site, spans.bounds_us, names),
        closed_by=closed_by(ledger, site, span),
        waiting=waiting(ledger, site, spans.start(0), spans.end(0)),
    )


@dataclass(frozen=True)
class _Part:
    """Everything that the account of one element needs."""

    held: Tally
    row: SiteBalance
    periods: Periods
    place: int
    here: Flags
    opening: list[Holding]
    closing: list[Holding]
    waste: Flags
    materials: list[str]


def _part(
    books: Books, element: str, site: str, span: tuple[str, str], time_zone: str
) -> _Part | None:
    held = tally(books, element)
    check_site(held.places.names, site)
    found = balance_sites(books, element, site, span, time_zone=time_zone)
    if not found.rows or _is_empty(found.rows[0]):
        return None
    place = held.places.names.index(site)
    periods = periods_between(span, 0, 0, time_zone)
    number = periods.of(held.places.time_us)
    cells = Cells(len(held.places.names), 1, number)
    stages = stages_of(held)
    return _Part(
        held=held,
        row=found.rows[0],
        periods=periods,
        place=place,
        here=line_cells(held, cells) == place,
        opening=holdings(held, place, periods.bounds_us[0]),
        closing=holdings(held, place, periods.bounds_us[1]),
        waste=np.array([stage in WASTE_STAGES for stage in stages], np.bool_),
        materials=materials_of(held),
    )


def _is_empty(row: SiteBalance) -> bool:
    """Return whether an element was never here: such an account says nothing."""
    masses = (row.opening, row.closing, *(getattr(row, name) for name, _ in FLOW_LEGS))
    return all(mass.low_mg == mass.high_mg == 0 for mass in masses)


def _came_in(row: SiteBalance) -> bool:
    """Return whether anything of an element is known to have been there or to have come.

    What is assayed only when it leaves (arsenic in a parcel) has no account of its own.
    """
    masses = (row.opening, row.extracted, row.received, row.moved_in)
    return any(mass.low_mg != 0 or mass.high_mg is None for mass in masses)


def _element(part: _Part, instruments: Instruments) -> ElementAccount:
    row = part.row
    legs = [_stock_leg("opening", part, part.opening, instruments)]
    for name, side in FLOW_LEGS:
        methods, lines = instruments.of(name)
        legs.append(Leg(name, side, getattr(row, name), lines, methods))
    legs.append(_tails(part, instruments))
    legs.append(_stock_leg("closing", part, part.closing, instruments))
    rest = ("process_unaccounted", "count_difference", "adjustment", "unaccounted")
    legs.extend(Leg(name, "rest", getattr(row, name), 0, ()) for name in rest)
    account = ElementAccount(
        part.held.element, tuple(legs), row.accountability, str(row.verdict), row.reason
    )
    if os.environ.get("ORELINE_VERIFY") == "1":
        assert_account(account)
    return account


def _stock_leg(name: str, part: _Part, items: list[Holding], instruments: Instruments) -> Leg:
    goods = [item for item in items if not part.waste[item.lot]]
    counted = instruments.counted if name == "closing" else ()
    return Leg(name, "stock", together(goods), len(goods), tuple(counted))


def _tails(part: _Part, instruments: Instruments) -> Leg:
    """Return what the tailings, slags and residues of the site grew by."""
    before = together([item for item in part.opening if part.waste[item.lot]])
    after = together([item for item in part.closing if part.waste[item.lot]])
    held = part.held
    of_waste = (held.lines.lot >= 0) & part.waste[np.maximum(held.lines.lot, 0)]
    number = part.periods.of(held.places.time_us)
    moves = of_waste & np.isin(held.lines.side, (MOVE_IN, MOVE_OUT)) & (number == 0)
    if moves.any() and before.u_mg is not None and after.u_mg is not None:
        u = math.hypot(before.u_mg, after.u_mg)
    else:
        weight = held.on_side(OUT) * 1.0 - held.on_side(IN) + held.on_side(COUNT)
        cell = np.where(part.here, 0, -1)
        u = float(np.sqrt(held.variances(held.in_cells(cell, 1), weight * of_waste)[0]))
    used = part.here & of_waste
    basis = int(held.rests.basis[used].max()) if used.any() else 0
    bits = int(np.bitwise_or.reduce(held.rests.defaults[used])) if used.any() else 0
    mass = figure(
        minus(after.low_mg, before.high_mg), minus(after.high_mg, before.low_mg), u, basis, bits
    )
    methods, lines = instruments.of("tails")
    return Leg("tails", "out", mass, lines, methods)


def assert_account(account: ElementAccount) -> None:
    """Check that a known account adds up, to the milligram; it is our mistake if it does not."""
    signs = {"in": 1, "out": -1}
    masses = [leg for leg in account.legs if leg.side in ("in", "out", "stock")]
    unaccounted = account.leg("unaccounted").mass
    if not all(leg.mass.is_known for leg in masses) or not unaccounted.is_known:
        return
    total = 0
    for leg in masses:
        sign = signs.get(leg.side, 1 if leg.name == "opening" else -1)
        total += sign * (leg.mass.low_mg or 0)
    assert total == unaccounted.low_mg, f"{account.element} does not add up"


def _inventory(part: _Part) -> Iterable[StockItem]:
    held = part.held
    before = {item.lot: item for item in part.opening}
    after = {item.lot: item for item in part.closing}
    counted = {
        int(lot): held.columns.events.id[int(event)]
        for lot, event in zip(
            held.lines.lot[part.here & held.on_side(COUNT)].tolist(),
            held.lines.event[part.here & held.on_side(COUNT)].tolist(),
            strict=True,
        )
    }
    for lot in sorted({*before, *after}, key=lambda one: held.columns.lots.names[one]):
        yield StockItem(
            element=held.element,
            lot=held.columns.lots.names[lot],
            material=part.materials[lot],
            is_waste=bool(part.waste[lot]),
            opening=together([before[lot]] if lot in before else []),
            closing=together([after[lot]] if lot in after else []),
            counted=counted.get(lot, ""),
        )


def _stock_takes(part: _Part, instruments: Instruments) -> Iterable[StockTake]:
    held = part.held
    for line in np.flatnonzero(part.here & held.on_side(COUNT)).tolist():
        event = int(held.lines.event[line])
        identity = held.columns.events.id[event]
        found = _bounds(held.lines.metal[line])
        variance = float(held.rests.own[line] + held.rests.before[line])
        yield StockTake(
            element=held.element,
            lot=held.columns.lots.names[int(held.lines.lot[line])],
            event=identity,
            time=instant_text(int(held.columns.events.time_us[event])),
            method=instruments.of_count.get(identity, ""),
            book=_figure_of(held, line, _bounds(held.before[line]), held.rests.before[line]),
            difference=_figure_of(held, line, found, variance),
        )


def _bounds(pair: Ints) -> tuple[int, int | None]:
    return int(pair[0]), None if pair[1] == UNBOUNDED_MG else int(pair[1])


def _figure_of(held: Tally, line: int, bounds: tuple[int, int | None], variance: float) -> Figure:
    u = math.sqrt(variance) if variance == variance else math.nan
    rests = held.rests
    return figure(*bounds, u, int(rests.basis[line]), int(rests.defaults[line]))


def closed_by(ledger: Ledger, site: str, span: tuple[str, str]) -> tuple[str, ...]:
    """Return the declarations in force that close a period of a site which covers these days."""
    return tuple(
        sorted(
            name
            for name, version in ledger.current("period").items()
            if version.data.get("status") == "closed"
            and version.data.get("site") == site
            and (version.valid_from or "9999") <= span[0][:10]
            and span[1][:10] <= (version.valid_to or "")
        )
    )


def waiting(ledger: Ledger, site: str, start: str, end: str) -> tuple[str, ...]:
    """Return the entries about a site and time that are held until somebody decides."""
    found = entries_about(ledger, sorted(ledger.verdicts.held), site, start, end)
    return tuple(entry.event for entry in found)
