"""The tally of one element: its book per line, with what each line rests on and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from oreline.balance._lines import Lines, Rests
from oreline.balance._places import Places, places_of
from oreline.model import PPT, UNBOUNDED_MG, InputError, analyte
from oreline.record import (
    DEFAULT_UNCERTAINTIES,
    DRY,
    DRY_FROM_INPUTS,
    IN,
    INHERITS,
    OUT,
    Book,
    Books,
    Columns,
    Ledger,
    LineGrades,
)

if TYPE_CHECKING:
    from oreline.balance._kernel import InCells

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_DEFAULTS = DEFAULT_UNCERTAINTIES
_CHANGED = ("process", "blend", "split")
"""Kinds whose inputs become their outputs."""


@dataclass(frozen=True)
class Tally:
    """Everything that balances need of one element, lines in acting order.

    ``number`` is the place of each line in the ledger's columns. Bounds are int64[n, 2].
    """

    ledger: Ledger
    element: str
    number: Ints
    lines: Lines
    rests: Rests
    before: Ints
    after: Ints
    excess: Ints
    places: Places
    kind: Ints
    n_lots: int
    n_events: int

    @property
    def columns(self) -> Columns:
        """Return the ledger's columns."""
        return self.ledger.columns

    def kind_number(self, name: str) -> int:
        """Return the number of a kind of event, -2 where the ledger has none of it."""
        return self.columns.kinds.index.get(name, -2)

    @cached_property
    def changed(self) -> Flags:
        """Return which lines belong to events that turn inputs into outputs."""
        return np.isin(self.kind, [self.kind_number(name) for name in _CHANGED])

    def on_side(self, side: int) -> Flags:
        """Return which lines are on a side."""
        flags: Flags = self.lines.side == side
        return flags

    def in_cells(self, cell: Ints, n_cells: int) -> InCells:
        """Sort the lines by cell, once for several sums over the same cells."""
        # Compiled code is loaded only when a balance is really needed.
        from oreline.balance._kernel import in_cells

        return in_cells(cell, n_cells)

    def variances(self, cells: InCells, weight: Floats) -> Floats:
        """Return the variance of the weighted sum of the metal of the lines of each cell."""
        from oreline.balance._kernel import variances

        found: Floats = variances(cells, weight, self.lines, self.rests, self.n_lots)
        return found


@dataclass(frozen=True)
class _Common:
    """What the tallies of all elements share, lines in acting order."""

    side: Ints
    event: Ints
    lot: Ints
    flags: Ints
    mass_basis: Ints
    mass_defaults: Ints
    places: Places
    kind: Ints
    of_grades: Ints


_TALLIES: WeakKeyDictionary[Books, dict[str, Tally]] = WeakKeyDictionary()
_COMMON: WeakKeyDictionary[Books, _Common] = WeakKeyDictionary()


def tally(books: Books, element: str) -> Tally:
    """Return the tally of an element, or of the dry mass (``DRY``); kept as long as the books are.

    Raises
    ------
    InputError
        If the element is none that oreline knows.
    """
    if element != DRY:
        analyte(element)
    kept = _TALLIES.setdefault(books, {})
    if element not in kept:
        kept[element] = _tallied(books, element)
    return kept[element]


def _tallied(books: Books, element: str) -> Tally:
    from oreline.balance._kernel import rest_on

    book, columns = books.book(element), books.ledger.columns
    grades = _pure(columns) if element == DRY else books.grades(element)
    order = book.order
    common = _common(books)
    given = books.lines
    lines = Lines(
        side=common.side,
        event=common.event,
        lot=common.lot,
        flags=common.flags,
        inherits=_inherits(given.flags, given.side, grades)[order],
        dry=np.ascontiguousarray(book.dry[order]),
        metal=np.ascontiguousarray(book.metal[order]),
        dry_u=book.dry_u[order],
        metal_u=_metal_u(book, given.side, grades)[order],
        before_dry=np.ascontiguousarray(book.before_dry[order]),
        overdraws=book.excess[order, 1] > 0,
        mass_basis=common.mass_basis,
        grade_basis=grades.basis[order],
        mass_defaults=common.mass_defaults,
        grade_defaults=_grade_defaults(columns, common.of_grades, element)[order],
    )
    n_events = len(columns.events.seq)
    before = np.ascontiguousarray(book.before_metal[order])
    return Tally(
        ledger=books.ledger,
        element=element,
        number=order,
        lines=lines,
        rests=rest_on(lines, book.overdrawn.size, n_events),
        before=before,
        after=_after(before, lines.lot, common.places.next, book),
        excess=book.excess[order],
        places=common.places,
        kind=common.kind,
        n_lots=len(columns.lots.names),
        n_events=n_events,
    )


def _common(books: Books) -> _Common:
    if books not in _COMMON:
        given, columns = books.lines, books.ledger.columns
        order = given.order
        side, event, lot = given.side[order], given.event[order], given.lot[order]
        _COMMON[books] = _Common(
            side=side,
            event=event,
            lot=lot,
            flags=given.flags[order],
            mass_basis=_mass_basis(columns, given.dry)[order],
            mass_defaults=_mass_defaults(columns)[order],
            places=places_of(columns, side, event, lot),
            kind=np.array(columns.events.kind, np.int64)[event],
            of_grades=_defaults_of_grades(columns),
        )
    return _COMMON[books]


def _after(before: Ints, lot: Ints, following: Ints, book: Book) -> Ints:
    """Return the state of the line's lot after it: before the next one, or what is left."""
    after = np.where((following >= 0)[:, None], before[following], 0)
    last = (following < 0) & (lot >= 0)
    after[last] = book.stock_metal[lot[last]]
    return after


def _pure(columns: Columns) -> LineGrades:
    """Return grades of one, for the dry mass itself."""
    n = len(columns.lines.event)
    none = np.zeros(n, np.int64)
    return LineGrades(np.full((n, 2), PPT, np.int64), np.zeros(n), none, none)


def _metal_u(book: Book, side: Ints, grades: LineGrades) -> Floats:
    """Return the uncertainty of each line's metal.

    A lot that nobody made has no book to take a share of: a draw from it is known by its own grade,
    and is as uncertain as that.
    """
    own = (side == IN) & (book.before_dry[:, 1] == UNBOUNDED_MG) & (grades.bounds[:, 0] >= 0)
    dry = book.dry[:, 0] / PPT
    u = np.hypot(grades.bounds[:, 0] / PPT * book.dry_u, dry * grades.u)
    found: Floats = np.where(own, u, book.metal_u)
    return found


def _inherits(flags: Ints, side: Ints, grades: LineGrades) -> Flags:
    """Return which outputs took the composition of the inputs, having no grade of their own."""
    marked = flags & (INHERITS | DRY_FROM_INPUTS) != 0
    inherits: Flags = (side == OUT) & marked & (grades.bounds[:, 0] < 0)
    return inherits


def _mass_basis(columns: Columns, dry: Ints) -> Ints:
    """Return the rank of the basis of each line's mass, or of the scale's that weighed it later."""
    lines = columns.lines
    basis = np.array(lines.basis, np.int64)
    given = np.array(lines.mass_given, np.bool_)
    side = np.array(lines.side, np.int64)
    from_inputs = np.array(lines.flags, np.int64) & DRY_FROM_INPUTS != 0
    basis[from_inputs] = 0
    elsewhere = ~given & ~from_inputs & (side == OUT) & (dry[:, 1] != UNBOUNDED_MG)
    if elsewhere.any():
        scale = np.array(columns.weighings.line, np.int64)
        scale = scale[given[scale]]
        of_lot = np.zeros(len(columns.lots.names), np.int64)
        lot = np.array(lines.lot, np.int64)
        np.maximum.at(of_lot, lot[scale], basis[scale])
        basis[elsewhere] = of_lot[lot[elsewhere]]
    return basis


def _mass_defaults(columns: Columns) -> Ints:
    """Return the named defaults that each line's mass rests on.

    They are known by their value: an uncertainty that was recorded and is equal to a default's is
    taken for it.
    """
    lines = columns.lines
    used = columns.defaults_used
    bits = np.zeros(len(lines.event), np.int64)
    for quantity, low, u in (
        ("mass", lines.wet_low, lines.wet_u),
        ("mass", lines.dry_low, lines.dry_u),
        ("moisture", lines.moisture_low, lines.moisture_u),
    ):
        if any(default.quantity == quantity and default.name in used for default in _DEFAULTS):
            bits |= _recognised(quantity, np.array(low, np.int64), np.array(u), used)
    given = np.array(lines.mass_given, np.bool_)
    open_out = ~given & (np.array(lines.side, np.int64) == OUT)
    if open_out.any():
        scale = np.array(columns.weighings.line, np.int64)
        lot = np.array(lines.lot, np.int64)
        of_lot = np.zeros(len(columns.lots.names), np.int64)
        np.bitwise_or.at(of_lot, lot[scale], bits[scale])
        bits[open_out] |= of_lot[lot[open_out]]
    return bits


def _defaults_of_grades(columns: Columns) -> Ints:
    """Return the named defaults that each grade may rest on, moisture included."""
    grades, used = columns.grades, columns.defaults_used
    low, u = np.array(grades.low, np.int64), np.array(grades.u, np.float64)
    moist = np.array([name == "H2O" for name in columns.analytes.names], np.bool_)
    water = moist[np.array(grades.analyte, np.int64)]
    bits = _recognised("grade", low, u, used)
    bits[water] = _recognised("moisture", low[water], u[water], used)
    return bits


def _grade_defaults(columns: Columns, of_grades: Ints, element: str) -> Ints:
    """Return the named defaults of the grades that may count for each line, moisture included."""
    grades, lines = columns.grades, columns.lines
    bits = np.zeros(len(lines.event), np.int64)
    names = columns.analytes.names
    speaks = [name in (element, "H2O") or _holds(name, element) for name in names]
    if not any(speaks):
        return bits
    of_it = np.array(speaks, np.bool_)[np.array(grades.analyte, np.int64)]
    counts = np.flatnonzero(of_it & (of_grades != 0))
    found = of_grades[counts]
    line, lot = np.array(grades.line, np.int64)[counts], np.array(grades.lot, np.int64)[counts]
    own = line >= 0
    np.bitwise_or.at(bits, line[own], found[own])
    of_lot = np.zeros(len(columns.lots.names), np.int64)
    np.bitwise_or.at(of_lot, lot[lot >= 0], found[lot >= 0])
    made = np.array(lines.side, np.int64) == OUT
    bits[made] |= of_lot[np.array(lines.lot, np.int64)[made]]
    return bits


def _holds(symbol: str, element: str) -> bool:
    return any(name == element for name, _ in analyte(symbol).elements)


def _recognised(quantity: str, low: Ints, u: Floats, used: dict[str, int]) -> Ints:
    bits = np.zeros(low.size, np.int64)
    for place, default in enumerate(_DEFAULTS):
        if default.quantity != quantity or default.name not in used:
            continue
        expected = default.relative * low
        if quantity == "moisture":
            expected = np.maximum(expected, 0.0005 * PPT)
        bits |= np.where(u == expected, 1 << place, 0)
    return bits


def check_site(names: tuple[str, ...], site: str) -> None:
    """Refuse a site at which nothing happened.

    Raises
    ------
    InputError
        Naming the sites that there are.
    """
    if site not in names:
        message = f"nothing happened at {site!r}; sites: {', '.join(sorted(names))}"
        raise InputError(message)
