"""Which values of an account count for now and may still change, and who settles them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from oreline.balance._account import OpenValue
from oreline.balance._stages import materials_of
from oreline.balance._stock_list import holdings
from oreline.balance._tally import Tally, tally
from oreline.model import analyte
from oreline.record import COUNT, IN, MOVE_IN, MOVE_OUT, OUT, Books

Flags = npt.NDArray[np.bool_]
Roles = dict[tuple[int, str], set[str]]
"""The roles of the assays of a lot, by lot and by the entry that they name (empty: none)."""

FINAL = frozenset({"agreed", "umpire", "referee"})
"""Roles whose result nobody expects another for."""
BOTH = frozenset({"seller", "buyer"})
DEPTH_MAX = 6
"""How many blends and splits back the assays of a parcel are looked for."""


def open_values(
    books: Books, site: str, bounds_us: tuple[int, ...], elements: Sequence[str]
) -> tuple[OpenValue, ...]:
    """Return the provisional values of a site and a time.

    Three kinds: a grade that stands on the entry itself while no assay names it; a lot that left
    for another party on one side's assay; a mass that is an interval or UNKNOWN.
    """
    found: list[OpenValue] = []
    for element in elements:
        held = tally(books, element)
        place = held.places.names.index(site)
        time_us = held.places.time_us
        here = (held.places.event == place) & (time_us >= bounds_us[0]) & (time_us < bounds_us[1])
        roles = _roles(held)
        kept = _kept(held, place, here, bounds_us)
        found += _unassayed(held, here & kept, roles)
        found += _one_sided(held, here, roles)
        found += _unmeasured(held, here)
    return tuple(found)


def _kept(held: Tally, place: int, here: Flags, bounds_us: tuple[int, ...]) -> Flags:
    """Return the lines of lots that an account sees: in stock at an end, or passing its gates."""
    lots = {item.lot for moment in bounds_us for item in holdings(held, place, moment)}
    gone = here & (np.isin(held.lines.side, (MOVE_OUT, MOVE_IN)) | _consumed(held))
    lots |= set(held.lines.lot[gone].tolist())
    kept: Flags = np.isin(held.lines.lot, sorted(lots))
    return kept


def _consumed(held: Tally) -> Flags:
    taken: Flags = held.on_side(IN) & (held.kind == held.kind_number("consume"))
    return taken


def _roles(held: Tally) -> Roles:
    """Return which assays speak of the element, by lot and by the entry they name."""
    grades, columns = held.columns.grades, held.columns
    speaks = {
        number for number, name in enumerate(columns.analytes.names) if _speaks(name, held.element)
    }
    found: Roles = defaultdict(set)
    for lot, of_event, role, what in zip(
        grades.lot, grades.of_event, grades.role, grades.analyte, strict=True
    ):
        if lot >= 0 and what in speaks:
            found[lot, of_event].add(role)
    return found


def _speaks(symbol: str, element: str) -> bool:
    if symbol == element:
        return True
    return any(name == element for name, _ in analyte(symbol).elements)


def _unassayed(held: Tally, here: Flags, roles: Roles) -> Iterator[OpenValue]:
    names, events = held.columns.lots.names, held.columns.events.id
    materials = materials_of(held)
    groups: dict[str, int] = defaultdict(int)
    made = here & held.on_side(OUT) & ~held.lines.inherits & (held.lines.lot >= 0)
    for line in np.flatnonzero(made & (held.lines.metal[:, 0] != 0)).tolist():
        lot, event = int(held.lines.lot[line]), events[int(held.lines.event[line])]
        if not roles.get((lot, event)) and not roles.get((lot, "")):
            groups[materials[lot] or names[lot]] += 1
    for what, entries in sorted(groups.items()):
        yield OpenValue(
            held.element,
            what,
            entries,
            "the grade on the entry",
            "no assay names it: an estimate, or a result entered without its certificate",
            "the laboratory enters the assay of the entry",
        )


def _one_sided(held: Tally, here: Flags, roles: Roles) -> Iterator[OpenValue]:
    events = held.columns.events
    groups: dict[tuple[int, str], int] = defaultdict(int)
    for line in np.flatnonzero(here & _sold(held) & (held.lines.lot >= 0)).tolist():
        lot, event = int(held.lines.lot[line]), int(held.lines.event[line])
        if held.lines.metal[line, 0] == held.lines.metal[line, 1] == 0:
            continue
        if not _is_final(held, lot, roles, DEPTH_MAX):
            groups[event, ", ".join(sorted(_own(lot, roles))) or "none of their own"] += 1
    for (event, known), entries in groups.items():
        yield OpenValue(
            held.element,
            events.id[event],
            entries,
            f"assays of the lots: {known}",
            "they went to another party, and neither both parties nor an umpire have spoken",
            "seller and buyer exchange their assays",
        )


def _sold(held: Tally) -> Flags:
    """Return the lines that go to another party: dispatched to it, or sold out of the chain."""
    events = held.columns.events
    party, to_party = np.array(events.party, np.int64), np.array(events.to_party, np.int64)
    foreign = (to_party >= 0) & (to_party != party)
    away: Flags = held.on_side(MOVE_OUT) & foreign[held.lines.event]
    sold = _consumed(held)
    for event in np.unique(held.lines.event[sold]).tolist():
        if held.ledger.event(events.seq[event])["body"]["purpose"] not in ("sold", "exported"):
            sold &= held.lines.event != event
    return away | sold


def _own(lot: int, roles: Roles) -> set[str]:
    return {role for (of, _), names in roles.items() if of == lot for role in names}


def _is_final(held: Tally, lot: int, roles: Roles, depth: int) -> bool:
    """Return whether the assays of a lot are final, or those of all that it was made of."""
    found = _own(lot, roles)
    if found & FINAL or found >= BOTH:
        return True
    made = np.flatnonzero((held.lines.lot == lot) & held.on_side(OUT) & held.lines.inherits)
    if not made.size or not depth:
        return False
    events = held.lines.event[made]
    taken = np.flatnonzero(np.isin(held.lines.event, events) & held.on_side(IN))
    return taken.size > 0 and all(
        _is_final(held, parent, roles, depth - 1) for parent in set(held.lines.lot[taken].tolist())
    )


def _unmeasured(held: Tally, here: Flags) -> Iterator[OpenValue]:
    names = held.columns.lots.names
    open_lines = here & np.isin(held.lines.side, (IN, OUT, COUNT)) & (held.lines.lot >= 0)
    open_lines &= held.lines.metal[:, 0] != held.lines.metal[:, 1]
    groups: dict[str, int] = defaultdict(int)
    for lot in held.lines.lot[open_lines].tolist():
        groups[names[lot]] += 1
    for what, entries in sorted(groups.items()):
        yield OpenValue(
            held.element,
            what,
            entries,
            "an interval, or UNKNOWN",
            "mass or grade was not measured",
            "weigh it, or have it assayed",
        )
