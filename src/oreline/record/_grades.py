"""Which grade counts for each line: assays of its lot, or what it states, by declared rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.model import PPT, analyte
from oreline.record._columns import BASES, INHERITS, Columns
from oreline.record._exact import fraction_of_each
from oreline.record._lines import OUT

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROLE_ORDER = ("umpire", "agreed", "referee", "seller,buyer", "plant", "survey", "line")
"""The default rule for the book grade: the first of these that there is; of several alike (seller
and buyer, two plant assays) the mean."""


@dataclass(frozen=True, slots=True)
class BookRule:
    """Which measurement is the book value at a site, or everywhere (``*``)."""

    id: str
    scope: str
    prefer: tuple[str, ...]
    tie: str

    def ranks(self) -> dict[str, int]:
        """Return the rank of each role, the best first."""
        return {role: rank for rank, roles in enumerate(self.prefer) for role in roles.split(",")}


DEFAULT_RULE = BookRule("default", "*", ROLE_ORDER, "mean")

CARRIERS = frozenset({"O", "H", "S", "C", "F", "Cl", "N"})
"""Elements that an assay of an oxide or sulphide brings along without speaking of them."""


@dataclass(frozen=True)
class LineGrades:
    """The grade that counts for each line: int64[n, 2] in ppt (-1: none), its u, how many."""

    bounds: Ints
    u: Floats
    candidates: Ints
    basis: Ints


@dataclass(frozen=True)
class Applied:
    """Every grade with each line that it speaks of, sorted by analyte; the same for every element.

    ``row`` is the place in the columns of grades; those of analyte ``k`` stand from ``start[k]`` to
    before ``start[k + 1]``. ``rank`` is that of its role by the rule of the line's site, the best
    first. ``when`` is the place of its event among all events by time, and thus names the assay.
    ``takes_first`` tells, per line of the ledger, whether its rule takes the first of equals.
    """

    line: Ints
    row: Ints
    rank: Ints
    when: Ints
    start: Ints
    takes_first: npt.NDArray[np.bool_]


def applied_grades(columns: Columns, side: Ints, rules: tuple[BookRule, ...]) -> Applied:
    """Find, for every grade, the lines that it speaks of.

    A grade on a line speaks of that line. An assay that names the event speaks of what that event
    added; one of a whole lot of its only production. Of a lot that was topped up, an assay of the
    whole is a state: it stays beside.
    """
    grades, events = columns.grades, columns.events
    of_line = np.array(grades.line, np.int64)
    own = np.flatnonzero(of_line >= 0)
    pairs = [(of_line[own], own), *_of_lots(columns, side, np.flatnonzero(of_line < 0))]
    line, row = (np.concatenate([pair[place] for pair in pairs]) for place in (0, 1))
    # Few analytes: narrow keys sort in linear time.
    form = np.array(grades.analyte, np.int64)[row]
    order = np.argsort(form.astype(np.uint16), kind="stable")
    line, row = line[order], row[order]
    place = np.empty(len(events.seq), np.int64)
    place[np.argsort(np.array(events.time_us, np.int64), kind="stable")] = np.arange(place.size)
    rank, takes_first = _ranks(columns, line, row, rules)
    counts = np.bincount(form, minlength=len(columns.analytes.names))
    return Applied(
        line=line,
        row=row,
        rank=rank,
        when=place[np.array(grades.event, np.int64)[row]],
        start=np.concatenate([[0], np.cumsum(counts)]),
        takes_first=takes_first,
    )


def _of_lots(columns: Columns, side: Ints, assays: Ints) -> list[tuple[Ints, Ints]]:
    """Return (lines, rows) of the assays of whole lots, and of those of what one event added."""
    names = [columns.grades.of_event[row] for row in assays.tolist()]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(["", *names]))}
    named = np.array([numbers[name] for name in names], np.int64)
    lot = np.array(columns.grades.lot, np.int64)[assays]
    made = np.flatnonzero(side == OUT)
    lot_made = np.array(columns.lines.lot, np.int64)[made]
    count = np.bincount(lot_made, minlength=len(columns.lots.names))
    line_of = np.full(count.size, -1, np.int64)
    line_of[lot_made] = made
    whole = (named == 0) & (count[lot] == 1)
    by_event = np.array([numbers.get(name, -1) for name in columns.events.id], np.int64)
    maker = by_event[np.array(columns.lines.event, np.int64)[made]]
    made, key = made[maker > 0], (lot_made * len(numbers) + maker)[maker > 0]
    order = np.argsort(key, kind="stable")
    made, key = made[order], key[order]
    wanted = (lot * len(numbers) + named)[named > 0]
    first, last = (np.searchsorted(key, wanted, side) for side in ("left", "right"))
    many = last - first
    nth = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    part = made[np.repeat(first, many) + nth], np.repeat(assays[named > 0], many)
    return [(line_of[lot[whole]], assays[whole]), part]


def _ranks(
    columns: Columns, line: Ints, row: Ints, rules: tuple[BookRule, ...]
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Rank every grade by the rule of the site at which its line was made."""
    by_scope = {rule.scope: number for number, rule in reversed(list(enumerate(rules)))}
    anywhere = by_scope.get("*", -1)
    by_site = [by_scope.get(name, anywhere) for name in (*columns.places.names, "")]
    site = np.array(columns.events.site, np.int64)[np.array(columns.lines.event, np.int64)]
    rule = np.array(by_site, np.int64)[site]
    roles = {name: number for number, name in enumerate(dict.fromkeys(columns.grades.role))}
    of_role = [[rule.ranks().get(role, _UNRANKED) for role in roles] for rule in rules]
    role = np.fromiter(map(roles.__getitem__, columns.grades.role), np.int64)
    rank = np.array(of_role, np.int64).reshape(len(rules), -1)[rule[line], role[row]]
    return rank, np.array([rule.tie == "first" for rule in rules], np.bool_)[rule]


_UNRANKED = 99


@dataclass(frozen=True)
class _Values:
    """Grades of one element: bounds int64[n, 2] in ppt, their u, the weakest basis of each."""

    bounds: Ints
    u: Floats
    basis: Ints

    def at(self, which: npt.NDArray[Any]) -> _Values:
        return _Values(self.bounds[which], self.u[which], self.basis[which])

    def summed(self, start: Ints) -> _Values:
        """Return the sums of runs; uncertainties in quadrature."""
        return _Values(
            np.add.reduceat(self.bounds, start, axis=0),
            np.sqrt(np.add.reduceat(self.u**2, start)),
            np.maximum.reduceat(self.basis, start),
        )

    def averaged(self, start: Ints) -> _Values:
        """Return the means of runs."""
        size = np.diff(np.append(start, self.u.size))
        total = self.summed(start)
        return _Values(total.bounds // size[:, None], total.u / size, total.basis)


def line_grades(columns: Columns, applied: Applied, element: str) -> LineGrades:
    """Choose, for each line, among the grades stated on it and the assays of its lot.

    Within one assay, or on one line, the element itself counts if it is given; else its compounds
    are added up (Sb2O3 and Sb2S3 are a speciation), and a compound that is given twice is averaged
    first. Among several assays the rule of the site decides.
    """
    n = len(columns.lines.event)
    bounds = np.full((n, 2), -1, np.int64)
    u, count = np.full(n, np.nan), np.zeros(n, np.int64)
    basis = np.full(n, 5, np.int64)
    pair, form, values = _speaking_of(columns, applied, element)
    if pair.size == 0:
        return LineGrades(bounds, u, count, basis)
    assay = applied.line[pair] * len(columns.events.seq) + applied.when[pair]
    order = np.argsort(assay, kind="stable")
    pair, assay, form, values = pair[order], assay[order], form[order], values.at(order)
    start = _starts(assay)
    if start.size < pair.size:
        values = _per_assay(start, form, values)
        pair = pair[start]
    line, rank = applied.line[pair], applied.rank[pair]
    start = _starts(line)
    size = np.diff(np.append(start, line.size))
    count[line[start]] = size
    if start.size < line.size:
        best = rank == np.repeat(np.minimum.reduceat(rank, start), size)
        line, values = line[best], values.at(best)
        start = _starts(line)
        first = applied.takes_first[line[start]]
        line, mean, firsts = line[start], values.averaged(start), values.at(start)
        values = _Values(
            np.where(first[:, None], firsts.bounds, mean.bounds),
            np.where(first, firsts.u, mean.u),
            np.where(first, firsts.basis, mean.basis),
        )
    bounds[line], u[line], basis[line] = values.bounds, values.u, values.basis
    return LineGrades(bounds, u, count, basis)


def _speaking_of(
    columns: Columns, applied: Applied, element: str
) -> tuple[Ints, npt.NDArray[np.int64], _Values]:
    """Return the grades that speak of an element, as grades of it, and the form that each names.

    The form is -1 for the element itself.
    """
    pairs, forms, parts = [], [], []
    for number, symbol in enumerate(columns.analytes.names):
        part = PPT if symbol == element else dict(analyte(symbol).elements).get(element, 0)
        if part > 0:
            found = np.arange(applied.start[number], applied.start[number + 1])
            pairs.append(found)
            forms.append(np.full(found.size, -1 if symbol == element else number, np.int64))
            parts.append(part)
    grades = columns.grades
    none = np.empty(0, np.int64)
    pair, form = np.concatenate([none, *pairs]), np.concatenate([none, *forms])
    row = applied.row[pair]
    bounds = np.column_stack([np.array(grades.low, np.int64)[row], np.array(grades.high)[row]])
    u = np.array(grades.u, np.float64)[row]
    if any(part != PPT for part in parts):
        factor = np.repeat(np.array(parts, np.int64), [found.size for found in pairs])
        bounds, u = fraction_of_each(bounds, factor[:, None]), u * (factor / PPT)
    return pair, form, _Values(bounds, u, np.array(grades.basis, np.int64)[row])


def _per_assay(start: Ints, form: Ints, values: _Values) -> _Values:
    """Return one grade for each assay: the element as given, else the sum of its compounds."""
    assay = np.repeat(np.arange(start.size), np.diff(np.append(start, form.size)))
    as_such = np.minimum.reduceat(form, start)[assay] < 0
    counts = ~as_such | (form < 0)
    assay, form, values = assay[counts], form[counts], values.at(counts)
    key = assay * (form.max() + 2) + form + 1
    order = np.argsort(key, kind="stable")
    alike = _starts(key[order])
    mean = values.at(order).averaged(alike)
    total = mean.summed(_starts(assay[order][alike]))
    # Several upper limits together may say no more than that it is no more than everything.
    most = np.minimum(total.bounds[:, 1], np.maximum(total.bounds[:, 0], PPT))
    return _Values(np.column_stack([total.bounds[:, 0], most]), total.u, total.basis)


def _starts(key: Ints) -> Ints:
    """Return where the runs of equal keys begin."""
    return np.flatnonzero(np.diff(key, prepend=key[:1] - 1))


def preferred_roles(roles: str | Sequence[str]) -> tuple[str, ...]:
    """Return the roles of a rule, the best first; the default order where it names none.

    A rule in a table is written ``umpire > seller,buyer``, in a declaration as a list.

    >>> preferred_roles("umpire > seller, buyer"), preferred_roles(["umpire", "seller,buyer"])
    (('umpire', 'seller,buyer'), ('umpire', 'seller,buyer'))
    """
    parts = roles.split(">") if isinstance(roles, str) else roles
    return tuple(part.replace(" ", "") for part in parts if part.strip()) or ROLE_ORDER


def without_untracked(
    grades: LineGrades,
    columns: Columns,
    side: Ints,
    element: str,
    tracked: Mapping[str, frozenset[str]],
) -> LineGrades:
    """Count an element as absent from materials that are declared without it.

    A material may declare which analytes are tracked in it (``tracked`` in materials.csv). Of any
    other element that nobody assayed in it the book holds none; that is an assumption, and the
    basis says so. A tracked element that was not assayed stays UNKNOWN.
    """
    held = [tracked.get(name, frozenset()) for name in columns.materials.names]
    untracked = [bool(of) and element not in of for of in held]
    lines = columns.lines
    made = side == OUT
    inherits = np.array(lines.flags, np.int64) & INHERITS != 0
    # A line without material has number -1: the last, which tracks everything.
    declared = np.array([*untracked, False], np.bool_)[np.array(lines.material, np.int64)]
    absent = made & ~inherits & (grades.bounds[:, 0] < 0) & declared
    if not absent.any():
        return grades
    bounds, u, basis = grades.bounds.copy(), grades.u.copy(), grades.basis.copy()
    bounds[absent], u[absent], basis[absent] = 0, 0.0, BASES.index("assumed")
    return LineGrades(bounds, u, grades.candidates, basis)


def tracked_elements(symbols: str | Sequence[str]) -> frozenset[str]:
    """Return the elements and aggregates that a list of analytes speaks of.

    >>> sorted(tracked_elements("Sb Nd2O3 TREO"))
    ['Nd', 'Sb', 'TREO']
    """
    found: set[str] = set()
    for symbol in symbols.split() if isinstance(symbols, str) else symbols:
        what = analyte(symbol)
        found |= {symbol} if what.kind == "aggregate" else {name for name, _ in what.elements}
    return frozenset(found - CARRIERS)
