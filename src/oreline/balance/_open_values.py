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
    names = held.columns.lots.names
    events = held.columns.events
    away = here & held.on_side(MOVE_OUT) | here & _consumed(held)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in np.flatnonzero(away & (held.lines.lot >= 0)).tolist():
        lot, event = int(held.lines.lot[line]), int(held.lines.event[line])
        if held.lines.metal[line, 0] == held.lines.metal[line, 1] == 0:
            continue
        found = _all_roles(held, lot, roles, DEPTH_MAX)
        if found & FINAL or found >= BOTH:
            continue
        known = ", ".join(sorted(found - {"line"})) or "none"
        groups[events.id[event], known].append(names[lot])
    for (event, known), lots in groups.items():
        yield OpenValue(
            held.element,
            event,
            len(lots),
            f"assays of the lots: {known}",
            "they have left, and neither both parties nor an umpire have spoken",
            "seller and buyer exchange their assays",
        )


def _all_roles(held: Tally, lot: int, roles: Roles, depth: int) -> set[str]:
    """Return the roles that speak of a lot, or of what it was blended or split from."""
    found = {role for (of, _), names in roles.items() if of == lot for role in names}
    if found & FINAL or found >= BOTH or not depth:
        return found
    made = np.flatnonzero((held.lines.lot == lot) & held.on_side(OUT) & held.lines.inherits)
    for event in set(held.lines.event[made].tolist()):
        taken = np.flatnonzero((held.lines.event == event) & held.on_side(IN))
        for parent in set(held.lines.lot[taken].tolist()):
            found |= _all_roles(held, parent, roles, depth - 1)
    return found


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
