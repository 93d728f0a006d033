"""Actual against plan: what was to be made, by material, site and month, and what was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from oreline.balance._figure import Figure, figure, minus
from oreline.balance._periods import periods_between
from oreline.balance._sums import cell_sums, united, weakest_of
from oreline.balance._tally import Tally, tally
from oreline.model import InputError
from oreline.record import OUT, Books

MASSES = ("planned_dry", "actual_dry", "planned_metal", "actual_metal", "dry_less", "metal_less")


class Key(NamedTuple):
    """What planned and actual production are compared by."""

    material: str
    site: str
    month: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """Planned and actual production of a material at a site in a month.

    ``dry_less`` and ``metal_less`` are actual less planned.
    """

    material: str
    site: str
    month: str
    planned_dry: Figure
    actual_dry: Figure
    planned_metal: Figure
    actual_metal: Figure
    dry_less: Figure
    metal_less: Figure


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """Actual against plan; the lots that no mapping names are listed and not compared."""

    element: str
    rows: tuple[PlanRow, ...]
    unmapped_planned: tuple[str, ...]
    unmapped_actual: tuple[str, ...]

    def __iter__(self) -> Iterator[PlanRow]:
        """Give every row."""
        return iter(self.rows)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a material, site and month; masses in milligrams."""
        columns: dict[str, Any] = {
            name: pl.Series([getattr(row, name) for row in self.rows], dtype=pl.String)
            for name in Key._fields
        }
        for name in MASSES:
            for part, kind in (("low_mg", pl.Int64), ("high_mg", pl.Int64), ("u_mg", pl.Float64)):
                values = [getattr(getattr(row, name), part) for row in self.rows]
                columns[f"{name}_{part}"] = pl.Series(values, dtype=kind)
        return pl.DataFrame(columns)

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the comparison with masses as decimal text in ``unit``."""
        rows = [
            {name: getattr(row, name) for name in Key._fields}
            | {name: getattr(row, name).to_json(unit) for name in MASSES}
            for row in self.rows
        ]
        return {
            "element": self.element,
            "rows": rows,
            "unmapped_planned": list(self.unmapped_planned),
            "unmapped_actual": list(self.unmapped_actual),
        }


def actual_against_plan(
    actual_books: Books,
    planned_books: Books,
    mapping: Mapping[str, Sequence[str]],
    element: str,
    *,
    time_zone: str = "UTC",
) -> PlanComparison:
    """Compare production that was planned with production that took place.

    Parameters
    ----------
    mapping
        For planned lots (an id, or a pattern with ``*``) the actual lots that stand for them, as
        ids or patterns. It is declared; nothing is matched by likeness of names.

    Raises
    ------
    InputError
        If a lot is named by two entries, an entry names no planned lot, or the element is not
        known.
    """
    planned, actual = tally(planned_books, element), tally(actual_books, element)
    seqs = np.array(planned.columns.events.seq, np.int64)
    # The lots of the parent ledger stand before the plan, at positions below zero.
    own = seqs[planned.lines.event] >= 0 if seqs.size else np.empty(0, np.bool_)
    left = _selected(planned, tuple(mapping), own)
    right = _selected(
        actual,
        tuple(pattern for patterns in mapping.values() for pattern in patterns),
        np.ones(actual.lines.side.size, np.bool_),
    )
    _check_used(mapping, left.by_pattern)
    plan, fact = _totals(planned, left.line, time_zone), _totals(actual, right.line, time_zone)
    nothing = (Figure(0, 0, 0.0, "measured"), Figure(0, 0, 0.0, "measured"))
    rows = tuple(
        _row(key, plan.get(key, nothing), fact.get(key, nothing)) for key in sorted({*plan, *fact})
    )
    return PlanComparison(element, rows, left.unmapped, right.unmapped)


@dataclass(frozen=True, slots=True)
class _Selected:
    line: Any
    by_pattern: Mapping[str, int]
    unmapped: tuple[str, ...]


def _selected(held: Tally, patterns: tuple[str, ...], own: Any) -> _Selected:
    """Return the outputs whose lots the patterns name, each lot by one pattern at most."""
    made = np.flatnonzero(held.on_side(OUT) & own)
    lots = np.unique(held.lines.lot[made])
    names = held.columns.lots.names
    exact = {pattern for pattern in patterns if not _is_pattern(pattern)}
    wild = [pattern for pattern in patterns if _is_pattern(pattern)]
    counts = dict.fromkeys(patterns, 0)
    mapped, unmapped = [], []
    for lot in lots.tolist():
        name = names[lot]
        hits = [name] if name in exact else []
        hits += [pattern for pattern in wild if fnmatchcase(name, pattern)]
        if len(hits) > 1:
            message = f"{name} is named by two entries of the mapping: {' and '.join(hits)}"
            raise InputError(message)
        if hits:
            counts[hits[0]] += 1
            mapped.append(lot)
        else:
            unmapped.append(name)
    line = made[np.isin(held.lines.lot[made], mapped)]
    return _Selected(line, counts, tuple(sorted(unmapped)))


def _is_pattern(text: str) -> bool:
    return any(mark in text for mark in "*?[")


def _check_used(mapping: Mapping[str, Sequence[str]], counts: Mapping[str, int]) -> None:
    idle = [pattern for pattern in mapping if not counts[pattern]]
    if idle:
        message = f"no planned lot is made under: {', '.join(idle)}"
        raise InputError(message)


def _totals(held: Tally, line: Any, time_zone: str) -> dict[Key, tuple[Figure, Figure]]:
    """Return dry mass and metal of some outputs, by key."""
    if not line.size:
        return {}
    time_us = held.places.time_us[line]
    periods = periods_between("month", int(time_us.min()), int(time_us.max()), time_zone)
    materials = [*held.columns.materials.names, "(material not stated)"]
    material = np.array(held.columns.lines.material, np.int64)[held.number[line]]
    number = np.column_stack([material % len(materials), held.places.event[line]])
    number = np.column_stack([number, periods.of(time_us)])
    keys, cell = np.unique(number, axis=0, return_inverse=True)
    cell = cell.reshape(-1).astype(np.int64)
    dry, metal = (
        cell_sums(cell, bounds[line], len(keys)) for bounds in (held.lines.dry, held.lines.metal)
    )
    known = held.lines.dry[line, 0] == held.lines.dry[line, 1]
    dry_u = np.sqrt(np.bincount(cell, np.where(known, held.lines.dry_u[line] ** 2, 0.0)))
    whole = np.full(held.lines.side.size, -1, np.int64)
    whole[line] = cell
    metal_u = np.sqrt(
        held.variances(held.in_cells(whole, len(keys)), np.where(whole >= 0, 1.0, 0.0))
    )
    mass_rests = _rests(cell, held.lines.mass_basis[line], held.lines.mass_defaults[line], keys)
    rests = _rests(cell, held.rests.basis[line], held.rests.defaults[line], keys)
    return {
        Key(materials[a], held.places.names[b], periods.labels[c]): (
            figure(*dry.at(at), float(dry_u[at]), *mass_rests[at]),
            figure(*metal.at(at), float(metal_u[at]), *rests[at]),
        )
        for at, (a, b, c) in enumerate(keys.tolist())
    }


def _rests(cell: Any, basis: Any, defaults: Any, keys: Any) -> list[tuple[int, int]]:
    ranks = weakest_of(cell, basis, len(keys)).tolist()
    return list(zip(ranks, united(cell, defaults, len(keys)).tolist(), strict=True))


def _row(key: Key, plan: tuple[Figure, Figure], fact: tuple[Figure, Figure]) -> PlanRow:
    return PlanRow(
        *key,
        planned_dry=plan[0],
        actual_dry=fact[0],
        planned_metal=plan[1],
        actual_metal=fact[1],
        dry_less=_difference(fact[0], plan[0]),
        metal_less=_difference(fact[1], plan[1]),
    )


def _difference(fact: Figure, plan: Figure) -> Figure:
    """Return actual less planned; a plan has no uncertainty of measurement of its own."""
    low, high = minus(fact.low_mg, plan.high_mg), minus(fact.high_mg, plan.low_mg)
    names = tuple(sorted({*fact.defaults, *plan.defaults}))
    return Figure(low, high, fact.u_mg, plan.basis if plan.low_mg else fact.basis, names)
