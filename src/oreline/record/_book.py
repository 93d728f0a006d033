"""The book: which mass and which grade count for every line, and what every lot holds.

Each lot has one book value per element and all its measurements beside it. Which measurement is the
book value follows a declared rule, never the newest: see :class:`BookRule`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from oreline.model import PPT, InputError, analyte, is_analyte
from oreline.record._columns import ALL, BASES, INHERITS
from oreline.record._grades import (
    CARRIERS,
    DEFAULT_RULE,
    Applied,
    BookRule,
    LineGrades,
    applied_grades,
    line_grades,
    preferred_roles,
    tracked_elements,
    without_untracked,
)
from oreline.record._ledger import Ledger
from oreline.record._lines import OUT
from oreline.record._masses import dry_masses
from oreline.record._order import acting_order
from oreline.record._sides import acting_sides

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DRY = "dry"
"""In place of an element: the book of the dry mass."""
MOISTURE = "H2O"
"""The analyte of moisture, on the wet basis."""


@dataclass(frozen=True)
class Book:
    """The book of one tracked analyte, per line and per lot, in milligrams.

    ``basis`` is the rank of the weakest basis that a line rests on, see ``BASES``. All bounds are
    int64[n, 2] (least, greatest); a greatest of ``UNBOUNDED_MG`` means that no limit
    is known. Lines stand in the order of the columns; ``order`` is that in which they act.
    """

    element: str
    order: Ints
    dry: Ints
    metal: Ints
    dry_u: Floats
    metal_u: Floats
    before_dry: Ints
    before_metal: Ints
    excess: Ints
    basis: Ints
    stock_dry: Ints
    stock_metal: Ints
    stock_dry_u: Floats
    stock_metal_u: Floats
    overdrawn: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LineArrays:
    """The lines as arrays, with the dry masses that count; the same for every element."""

    event: Ints
    side: Ints
    lot: Ints
    flags: Ints
    dry: Ints
    dry_u: Floats
    basis: Ints
    order: Ints


class Books:
    """The books of a ledger, one element at a time, computed when asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._books: dict[str, Book] = {}
        self._grades: dict[str, LineGrades] = {}

    @cached_property
    def rules(self) -> tuple[BookRule, ...]:
        """Return the rules in force, the default last."""
        declared = [
            BookRule(
                version.id,
                str(version.data.get("scope") or "*"),
                preferred_roles(version.data.get("prefer") or ()),
                str(version.data.get("tie") or "mean"),
            )
            for version in self.ledger.current("rule").values()
            if version.data.get("kind") == "grade-book"
        ]
        return (*sorted(declared, key=lambda rule: rule.scope == "*"), DEFAULT_RULE)

    @cached_property
    def lines(self) -> LineArrays:
        """Return the lines with the dry masses that count."""
        columns = self.ledger.columns
        side, flags = self._sides
        moisture = self.grades(MOISTURE)
        dry, dry_u, basis = dry_masses(
            columns, side, moisture.bounds, moisture.u, self._weight_rules()
        )
        return LineArrays(
            event=np.array(columns.lines.event, np.int64),
            side=side,
            lot=np.array(columns.lines.lot, np.int64),
            flags=flags,
            dry=dry,
            dry_u=dry_u,
            basis=basis,
            order=acting_order(columns, side),
        )

    @cached_property
    def _sides(self) -> tuple[Ints, Ints]:
        return acting_sides(self.ledger.columns)

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """Return every element, and every aggregate assayed as such, that the ledger speaks of."""
        found: dict[str, None] = {}
        for symbol in self.ledger.columns.analytes.names:
            what = analyte(symbol)
            if what.kind == "aggregate":
                found[symbol] = None
            else:
                for name, _ in what.elements:
                    if symbol in {name, "H2O"} or name not in CARRIERS:
                        found[name] = None
        return tuple(sorted(name for name in found if name not in CARRIERS))

    def element(self, symbol: str) -> str:
        """Return an element, or the dry mass, that the ledger speaks of.

        Raises
        ------
        InputError
            If it does not, with those that it does speak of.
        """
        if symbol == DRY or symbol in self.elements:
            return symbol
        known = ", ".join(self.elements) or "none"
        what = "is in no assay of this ledger" if is_analyte(symbol) else "is no element"
        raise InputError(f"{symbol!r} {what}; elements of this ledger: {known}")

    def book(self, element: str) -> Book:
        """Return the book of an element, or of an aggregate such as TREO."""
        if element not in self._books:
            self._books[element] = self._compute(element)
        return self._books[element]

    def grades(self, element: str) -> LineGrades:
        """Return the grade that counts for each line."""
        if element not in self._grades:
            columns = self.ledger.columns
            chosen = line_grades(columns, self._applied, element)
            if element != MOISTURE:
                chosen = without_untracked(chosen, columns, self._sides[0], element, self._tracked)
            self._grades[element] = chosen
        return self._grades[element]

    @cached_property
    def _applied(self) -> Applied:
        return applied_grades(self.ledger.columns, self._sides[0], self.rules)

    @cached_property
    def _tracked(self) -> Mapping[str, frozenset[str]]:
        """Return what each declared material tracks; nothing where it does not say."""
        return {
            name: tracked_elements(version.data.get("tracked") or ())
            for name, version in self.ledger.current("material").items()
        }

    def _weight_rules(self) -> Mapping[str, str]:
        return {
            str(version.data.get("scope") or "*"): _preferred_scale(version.data.get("prefer"))
            for version in self.ledger.current("rule").values()
            if version.data.get("kind") == "weight-book"
        }

    def _compute(self, element: str) -> Book:
        # Compiled code is loaded only when a book is really needed.
        from oreline.record._book_kernel import Given, run

        lines = self.lines
        order = lines.order
        grades = _pure(lines.side.size) if element == DRY else self.grades(element)
        given = Given(
            side=lines.side[order],
            event=lines.event[order],
            lot=lines.lot[order],
            flags=lines.flags[order],
            dry=np.ascontiguousarray(lines.dry[order]),
            dry_u=lines.dry_u[order],
            grade=np.ascontiguousarray(grades.bounds[order]),
            grade_u=grades.u[order],
        )
        columns = self.ledger.columns
        booked, stock = run(given, len(columns.lots.names), len(columns.events.seq))
        n = lines.side.size
        return Book(
            element=element,
            order=order,
            dry=_scattered(booked.dry, order, n),
            metal=_scattered(booked.metal, order, n),
            dry_u=_scattered(booked.dry_u, order, n),
            metal_u=_scattered(booked.metal_u, order, n),
            before_dry=_scattered(booked.before_dry, order, n),
            before_metal=_scattered(booked.before_metal, order, n),
            excess=_scattered(booked.excess, order, n),
            basis=_basis_of(lines, lines.basis, grades),
            stock_dry=stock.dry,
            stock_metal=stock.metal,
            stock_dry_u=np.sqrt(stock.dry_var),
            stock_metal_u=np.sqrt(stock.metal_var),
            overdrawn=stock.overdrawn,
        )


def _preferred_scale(prefer: str | Sequence[str] | None) -> str:
    """Return the scale that a rule names first: ``loading`` where it names none."""
    names = preferred_roles(prefer) if prefer else ("loading",)
    return names[0]


def _basis_of(lines: LineArrays, stated: Ints, grades: LineGrades) -> Ints:
    """Return the weaker of a line's own basis and its grade's; UNKNOWN where a grade is missing."""
    graded = grades.bounds[:, 0] >= 0
    own = np.where(lines.flags & (ALL | INHERITS), np.minimum(stated, 4), stated)
    basis = np.where(graded, np.maximum(own, grades.basis), own)
    lacks = (lines.side == OUT) & ~graded & (lines.flags & INHERITS == 0)
    return np.where(lacks, BASES.index("unknown"), basis)


def _pure(n: int) -> LineGrades:
    """Return grades of one: the book of the dry mass itself."""
    return LineGrades(
        np.full((n, 2), PPT, np.int64), np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64)
    )


def open_books(ledger: Ledger) -> Books:
    """Return the books of a ledger."""
    return Books(ledger)


def _scattered(part: np.ndarray, order: Ints, n: int) -> np.ndarray:
    if order.size == n and bool((order[1:] > order[:-1]).all()):
        return part
    whole = np.zeros((n, *part.shape[1:]), part.dtype)
    whole[order] = part
    return whole
