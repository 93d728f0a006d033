"""The illustration: a worked shipment on declared assumptions, apart from what is reported."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from oreline.ask._known import Shipment
from oreline.ask._told import (
    ASSUMED,
    Fact,
    Section,
    Table,
    amount,
    day_text,
    listed,
    percent,
    unit_of,
)
from oreline.balance import (
    COVERAGE_FACTOR,
    Change,
    Figure,
    SiteBalance,
    balance_sites,
    period_of,
    what_if_grade,
)
from oreline.model import PPT, UNBOUNDED_MG, Chain, analyte
from oreline.record import BASES, DRY, IN, OUT, Books, instant_text
from oreline.trace import Tracer, trace_origins

LOWER_BY_POINTS = 1
"""By how many percentage points the assay of the what-if is lower."""
LATE_DAYS = 14
_CHANGES_SHOWN = {"dispatched": "sent away", "unaccounted": "unaccounted"}
_BALANCE_TERMS = (
    ("opening", "stock at the beginning"),
    ("extracted", "mined"),
    ("received", "received"),
    ("drawn", "fed to the plant"),
    ("produced", "out of the plant"),
    ("lost", "known losses"),
    ("consumed", "sold out of the chain"),
    ("dispatched", "sent away"),
    ("count_difference", "found more (+) or less (-) at stock-takes"),
    ("closing", "stock at the end"),
    ("unaccounted", "unaccounted"),
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment of one material: the lot that was divided for it, and the line that made it."""

    shipment: Shipment
    lot: str
    line: int
    material: str
    elements: tuple[str, ...]


def illustration(
    chain: Chain, tracer: Tracer, shipments: tuple[Shipment, ...]
) -> tuple[Section, tuple[str, ...]]:
    """Work one day's shipments through, and return the elements that they hold.

    Every mass stands beside the word assumed. Without a booked shipment the section is empty.
    """
    books = tracer.graph.books
    parcels = tuple(_parcels(tracer, chain, shipments))
    if not parcels:
        lead = "There is no illustration in this chain: no shipment stands in its books."
        return Section("illustration", "Illustration", lead, tuple(_as_plants_are(books))), ()
    u95 = (
        " U95: the value lies within this of the figure with 95 % confidence, if every "
        "uncertainty is as stated."
    )
    assumed = any(_basis_of(books, parcel) == ASSUMED for parcel in parcels)
    lead = (
        "ASSUMED throughout. An invented operation shows what the tool does with full data. "
        "Nothing here is a measurement of the real batch or an estimate of it."
        if assumed
        else "What stands in the books of the first shipment."
    ) + u95
    tables = [_contents(books, parcel) for parcel in parcels]
    tables.append(_origins(tracer, parcels))
    tables += _month(chain, books, parcels)
    tables += _lower_assay(chain, books, parcels[0])
    if chain.assumptions:
        tables.append(_assumptions(chain))
    elements = tuple(dict.fromkeys(parcel.elements[0] for parcel in parcels))
    facts = (_followed(parcels[0]), *_as_plants_are(books))
    return Section("illustration", "Illustration", lead, facts, tuple(tables)), elements


def _parcels(tracer: Tracer, chain: Chain, shipments: tuple[Shipment, ...]) -> Iterator[Parcel]:
    """Yield the shipments of the first day on which anything went abroad."""
    books = tracer.graph.books
    days = {shipment.event: _day(books, shipment.event) for shipment in shipments}
    first = min(days.values(), default="")
    for shipment in shipments:
        if days[shipment.event] != first:
            continue
        lot = _divided(books, shipment.lots)
        number = books.ledger.columns.lots.index[lot]
        made = np.flatnonzero((books.lines.lot == number) & (books.lines.side == OUT))
        material = _material(books, int(made[-1])) if made.size else None
        if material is None or material not in chain.materials:
            continue
        tracked = [_booked(books, symbol) for symbol in chain.materials[material].tracked]
        elements = tuple(dict.fromkeys(symbol for symbol in tracked if symbol))
        if elements:
            yield Parcel(shipment, lot, int(made[-1]), material, elements)


def _day(books: Books, event: str) -> str:
    events = books.ledger.columns.events
    return instant_text(events.time_us[events.id.index(event)])[:10]


def _divided(books: Books, lots: tuple[str, ...]) -> str:
    """Return the lot that was split into these, or the first of them."""
    columns, lines = books.ledger.columns, books.lines
    numbers = np.array([columns.lots.index[name] for name in lots])
    made = np.flatnonzero(np.isin(lines.lot, numbers) & (lines.side == OUT))
    split = columns.kinds.index.get("split")
    events = [event for event in lines.event[made].tolist() if columns.events.kind[event] == split]
    drawn = np.isin(lines.event, np.array(events, np.int64)) & (lines.side == IN)
    parents = set(lines.lot[drawn].tolist())
    return columns.lots.names[parents.pop()] if len(parents) == 1 else lots[0]


def _material(books: Books, line: int) -> str | None:
    columns = books.ledger.columns
    number = columns.lines.material[line]
    return columns.materials.names[number] if number >= 0 else None


def _booked(books: Books, symbol: str) -> str | None:
    """Return the element or aggregate that the books keep for an analyte."""
    if symbol in books.elements:
        return symbol
    names = [name for name, _ in analyte(symbol).elements if name in books.elements]
    return names[0] if names else None


def _basis_of(books: Books, parcel: Parcel) -> str:
    return BASES[int(books.book(parcel.elements[0]).basis[parcel.line])]


def _contents(books: Books, parcel: Parcel) -> Table:
    """Return wet mass, moisture, dry mass, grade and contained metal, each with its U95."""
    columns, line = books.ledger.columns.lines, parcel.line
    basis = _basis_of(books, parcel)
    source = _source(books, line)
    dry, dry_u = books.book(DRY).metal[line].tolist(), books.lines.dry_u[line]
    has_wet = columns.wet_high[line] != UNBOUNDED_MG
    unit = unit_of([columns.wet_low[line] if has_wet else dry[0]])
    rows: list[tuple[str, ...]] = []
    if has_wet:
        wet = amount(columns.wet_low[line], unit)
        rows.append(("wet mass", wet, _u_mass(columns.wet_u[line], unit), basis, source))
    water = columns.moisture_low[line]
    if water >= 0:
        rows.append(
            (
                "moisture (of wet mass)",
                percent(water / PPT),
                _u_percent(columns.moisture_u[line]),
                basis,
                source,
            )
        )
    made = "wet mass less water" if has_wet else source
    rows.append(("dry mass", _bounds(dry, unit), _u_mass(dry_u, unit), basis, made))
    for element in parcel.elements:
        book, grades = books.book(element), books.grades(element)
        grade = book.metal[line, 0] / dry[0] if dry[0] else math.nan
        count = int(grades.candidates[line])
        made = (
            f"{count} assays, by the declared rule" if count > 1 else "1 assay" if count else source
        )
        u = _u_percent(grades.u[line])
        rows.append((f"{element} grade (of dry mass)", percent(grade), u, basis, made))
        rows.append(
            (
                f"contained {element}",
                _bounds(book.metal[line].tolist(), unit),
                _u_mass(book.metal_u[line], unit),
                basis,
                "dry mass times grade",
            )
        )
    name = _name(books, parcel.material)
    boxes = len(parcel.shipment.lots)
    title = (
        f"{name[0].upper()}{name[1:]}: shipment of {day_text(_day(books, parcel.shipment.event))}, "
        f"{boxes} {'lot' if boxes == 1 else 'lots'}"
    )
    columns_ = ("Quantity", "Value", "± U95", "Basis", "From")
    note = "TREO: all rare-earth oxides together." if "TREO" in parcel.elements else ""
    return Table(f"contents-{parcel.elements[0]}", title, columns_, tuple(rows), (1, 2), note)


def _name(books: Books, material: str) -> str:
    versions = books.ledger.current("material")
    return (
        str(versions[material].data.get("name") or material) if material in versions else material
    )


def _source(books: Books, line: int) -> str:
    """Return the source that the line's mass names."""
    columns = books.ledger.columns
    event = books.ledger.event(columns.events.seq[columns.lines.event[line]])
    lot = columns.lots.names[columns.lines.lot[line]]
    for output in event["body"].get("outputs", ()):
        mass = output.get("wet") or output.get("dry")
        if output["lot"] == lot and mass and mass.get("source"):
            return str(mass["source"])
    return str(event["id"])


def _bounds(bounds: list[int], unit: str) -> str:
    if bounds[1] == UNBOUNDED_MG:
        return "UNKNOWN"
    if bounds[0] == bounds[1]:
        return amount(bounds[0], unit)
    return f"{amount(bounds[0], unit).partition(' ')[0]} to {amount(bounds[1], unit)}"


def _u_mass(u_mg: float, unit: str) -> str:
    return "not stated" if math.isnan(u_mg) else f"± {amount(COVERAGE_FACTOR * u_mg, unit)}"


def _u_percent(u_ppt: float) -> str:
    return "not stated" if math.isnan(u_ppt) else f"± {percent(COVERAGE_FACTOR * u_ppt / PPT)}"


def _origins(tracer: Tracer, parcels: tuple[Parcel, ...]) -> Table:
    rows: list[tuple[str, ...]] = []
    sites = tracer.graph.ledger.current("site")
    answers = [
        trace_origins(tracer, parcel.lot, element)
        for parcel in parcels
        for element in parcel.elements
    ]
    unit = unit_of(answer.metal_low_mg for answer in answers)
    for found in answers:
        for share in found.at("site"):
            version = sites.get(share.name)
            name = str(version.data.get("name") or share.name) if version else share.name
            mass = [share.mass_low_mg, share.mass_high_mg]
            told = _bounds([UNBOUNDED_MG if value is None else value for value in mass], unit)
            rows.append((found.element, name, percent(share.share_low), told, found.weakest_basis))
    columns = ("Element", "Origin", "Share", "Metal", "Basis")
    note = (
        "Each element is followed by itself, in proportion to what was mixed. Shares sum to 100 %."
    )
    title = "Where each element of that shipment came from"
    return Table("origins", title, columns, tuple(rows), (2, 3), note)


def _month(chain: Chain, books: Books, parcels: tuple[Parcel, ...]) -> list[Table]:
    """Return a month's balance of the plant of a parcel: of the first that is known, if any is."""
    accounts = [(parcel, _account(chain, books, parcel)) for parcel in parcels]
    found = [(parcel, account) for parcel, account in accounts if account is not None]
    if not found:
        return []
    parcel, account = next(
        (pair for pair in found if pair[1].unaccounted.is_known and pair[1].drawn.low_mg), found[0]
    )
    element, basis = parcel.elements[0], _basis_of(books, parcel)
    unit = unit_of(getattr(account, name).low_mg or 0 for name, _ in _BALANCE_TERMS)
    rows = tuple(
        (title, _figure(figure, unit), _figure_u(figure, unit), basis)
        for name, title in _BALANCE_TERMS
        for figure in (getattr(account, name),)
        if figure.low_mg or figure.high_mg or name == "unaccounted"
    )
    version = books.ledger.current("site").get(account.site)
    name = str(version.data.get("name") or account.site) if version else account.site
    columns = (f"{element} in {account.period}", "Mass", "± U95", "Basis")
    title = f"One month of {element} at: {name}"
    return [Table("month", title, columns, rows, (1, 2), _verdict(account))]


def _account(chain: Chain, books: Books, parcel: Parcel) -> SiteBalance | None:
    columns = books.ledger.columns
    row = columns.lines.event[parcel.line]
    place, moment = columns.events.site[row], instant_text(columns.events.time_us[row])
    if place < 0:
        return None
    site, zone = columns.places.names[place], chain.defaults.get("time_zone", "UTC")
    balances = balance_sites(books, parcel.elements[0], site, "month", time_zone=zone)
    return balances.at(site, period_of(moment, "month", zone))


def _figure(figure: Figure, unit: str) -> str:
    if figure.low_mg is None or figure.high_mg is None:
        return "UNKNOWN"
    return _bounds([figure.low_mg, figure.high_mg], unit)


def _figure_u(figure: Figure, unit: str) -> str:
    return "not stated" if figure.u95_mg is None else f"± {amount(figure.u95_mg, unit)}"


def _verdict(account: SiteBalance) -> str:
    told = {
        "CLOSES": "The balance closes: what is unaccounted is no more than the measurements allow.",
        "DOES NOT CLOSE": "The balance does not close: more is unaccounted than the measurements "
        "allow. Somebody should look.",
        "UNKNOWN": "Whether the balance closes is UNKNOWN.",
    }
    note = told[str(account.verdict)]
    if not account.unaccounted.is_known:
        note += (
            " Some material at this site has never been assayed for this element, and what was not "
            "assayed counts as unknown, not as nothing: hence bounds."
        )
    return note


def _lower_assay(chain: Chain, books: Books, parcel: Parcel) -> list[Table]:
    """Return what one assay of a parcel that is a percentage point lower would change."""
    stated = _assay_of(chain, books, parcel)
    if stated is None:
        return []
    identity, symbol, grade = stated
    zone, basis = chain.defaults.get("time_zone", "UTC"), _basis_of(books, parcel)
    lower = format(max(Decimal(grade) - LOWER_BY_POINTS, Decimal(0)), "f")
    found = what_if_grade(books.ledger, identity, symbol, lower, time_zone=zone)
    rows: list[tuple[str, ...]] = [
        (f"that assay, {symbol}", f"{grade} %", f"{lower} %", f"-{LOWER_BY_POINTS} %", basis)
    ]
    unit = unit_of([int(books.book(found.element).metal[parcel.line, 0])])
    rows += [
        _changed(f"{found.element} in the shipment", change, unit, basis)
        for change in found.lots
        if change.where == parcel.lot
    ]
    account = _account(chain, books, parcel)
    rows += [
        _changed(
            f"{found.element} {_CHANGES_SHOWN[change.what]}, {change.period}", change, unit, basis
        )
        for change in found.sites
        if account
        and (change.where, change.period) == (account.site, account.period)
        and change.what in _CHANGES_SHOWN
    ]
    columns = ("What", "As booked", "If lower", "Change", "Basis")
    turned = [
        f"{one.where} {one.period}: {one.before} becomes {one.after}" for one in found.verdicts
    ]
    note = f"The assay is {identity}. " + (
        f"Verdicts that turn: {listed(turned)}." if turned else "No balance verdict turns."
    )
    title = "What one lower assay changes"
    return [Table("lower-assay", title, columns, tuple(rows), (1, 2, 3), note)]


def _changed(label: str, change: Change, unit: str, basis: str) -> tuple[str, ...]:
    difference = change.change_mg
    return (
        label,
        _figure(change.before, unit),
        _figure(change.after, unit),
        "UNKNOWN" if difference is None else amount(difference, unit),
        basis,
    )


def _assay_of(chain: Chain, books: Books, parcel: Parcel) -> tuple[str, str, str] | None:
    """Return event, analyte and grade in per cent of the first assay of a parcel's lot."""
    columns = books.ledger.columns
    lot = columns.lots.index[parcel.lot]
    symbols = [
        symbol
        for symbol in chain.materials[parcel.material].tracked
        if _booked(books, symbol) == parcel.elements[0]
    ]
    for number, of in enumerate(columns.grades.lot):
        symbol = columns.analytes.names[columns.grades.analyte[number]]
        if of != lot or symbol not in symbols or columns.grades.of_event[number]:
            continue
        event = books.ledger.event(columns.events.seq[columns.grades.event[number]])
        for result in event["body"]["results"]:
            if result["analyte"] == symbol and "value" in result and result["unit"] == "%":
                return event["id"], symbol, str(result["value"])
    return None


def _assumptions(chain: Chain) -> Table:
    rows = tuple(
        (
            item.id,
            f"{item.value:,} {_unit(item.unit)}".strip() + " assumed",
            "" if item.low is None else f"{item.low:,} to {item.high:,} assumed",
            item.reasoning,
            item.source or "",
        )
        for item in chain.assumptions.values()
        if item.unit != "1"
    )
    seeds = [item.id for item in chain.assumptions.values() if item.unit == "1"]
    note = f"Without a number of their own: {listed(seeds)}." if seeds else ""
    columns = ("Id", "Value", "Range", "Reasoning", "Source")
    title = "Every assumption, with its reasoning"
    return Table("assumptions", title, columns, rows, (1, 2), note, is_detail=True)


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _followed(parcel: Parcel) -> Fact:
    """Return where one lot of the shipment can be followed by hand."""
    lot = parcel.shipment.lots[0]
    see = f"oreline trace origins {lot} -e {parcel.elements[0]}"
    return Fact("Follow a lot", f"{lot}, one of {len(parcel.shipment.lots)}", ASSUMED, (), see)


def _as_plants_are(books: Books) -> Iterator[Fact]:
    """Yield what is odd in the books, as the data of plants are."""
    ledger = books.ledger
    names = ledger.columns.lots.names
    corrections = [event for event in ledger.other if event["schema"] == "correct/1"]
    if corrections:
        ids = listed(str(event["id"]) for event in corrections[:2])
        text = f"{len(corrections)} in the log, the first version kept beside it ({ids})"
        yield Fact("Corrections", text, ASSUMED)
    overdrawn = [names[lot] for lot in np.flatnonzero(books.book(DRY).overdrawn).tolist()]
    if overdrawn:
        text = f"{listed(overdrawn)}: the books went below zero; what rests on it answers UNKNOWN"
        yield Fact("Overdrawn", text, ASSUMED)
    if ledger.verdicts.held:
        count = len(ledger.verdicts.held)
        entries = "1 entry waits" if count == 1 else f"{count:,} entries wait"
        text = f"{entries} until a named person decides, and does not count meanwhile"
        text = text if count == 1 else text.replace("does not", "do not")
        yield Fact("Held", text, ASSUMED)
    late = _late_assays(books)
    if late:
        text = f"{late} certificates came more than {LATE_DAYS} days after the lot was made"
        yield Fact("Late assays", text, ASSUMED)


def _late_assays(books: Books) -> int:
    """Count the certificates that came long after the lot was made."""
    columns, lines = books.ledger.columns, books.lines
    time_us = np.array(columns.events.time_us, np.int64)
    makes = np.flatnonzero((lines.side == OUT) & (lines.lot >= 0))[::-1]
    never = np.iinfo(np.int64).max
    made = np.full(len(columns.lots.names), never)
    # Of an index that repeats, the last assignment holds: here the first line of a lot.
    made[lines.lot[makes]] = time_us[lines.event[makes]]
    grades = columns.grades
    roles = frozenset(("seller", "buyer", "umpire"))
    counts = np.fromiter((role in roles for role in grades.role), np.bool_, len(grades.role))
    lot, event = np.array(grades.lot, np.int64), np.array(grades.event, np.int64)
    counts &= lot >= 0
    lot, event = lot[counts], event[counts]
    is_late = (made[lot] != never) & (time_us[event] - made[lot] > LATE_DAYS * 86_400_000_000)
    return int(np.unique(event[is_late]).size)
