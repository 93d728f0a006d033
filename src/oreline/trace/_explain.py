"""The arithmetic behind an answer, step by step, in words a metallurgist can check by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from oreline.model import UNBOUNDED_MG, mass_text
from oreline.record import CONTINUING, COUNT, DRY, OUT
from oreline.trace._graph import LotGraph
from oreline.trace._origins import Tracer, trace_origins
from oreline.trace._rows import BEFORE, EXCESS

STEPS_MAX = 200
"""How many steps an explanation has at most; it says when it stops there."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps that lead to the origins of a lot, the lot itself first."""

    lot: str
    element: str
    steps: tuple[str, ...]
    complete: bool

    def to_json(self) -> dict[str, Any]:
        """Return the steps as JSON."""
        return {
            "lot": self.lot,
            "element": self.element,
            "complete": self.complete,
            "steps": list(self.steps),
        }


def explain(tracer: Tracer, lot: str, element: str, steps_max: int = STEPS_MAX) -> Explanation:
    """Return how the origins of an element in a lot were computed.

    First the metal of the lot (dry mass times grade, or the share of what went in), then each mix
    on the way with its weights and shares, then the answer by country.
    """
    graph = tracer.graph
    number = tracer.lot(lot)
    steps = [_metal_of_lot(graph, number, element)]
    waiting, seen = [int(graph.lot_node[number])], set()
    complete = True
    while waiting:
        node = waiting.pop(0)
        if node in seen:
            continue
        seen.add(node)
        if len(steps) >= steps_max:
            complete = False
            break
        if node < graph.n_origins:
            steps.append(_origin_step(tracer, node))
        else:
            text, sources = _mix_step(tracer, node - graph.n_origins, element)
            steps.append(text)
            waiting.extend(sources)
    answer = trace_origins(tracer, lot, element)
    steps.extend(
        f"{share.name}: {_percent(share.share_low, share.share_high)} of the {element}"
        for share in answer.at("country")
    )
    return Explanation(lot, element, tuple(steps), complete)


def _metal_of_lot(graph: LotGraph, lot: int, element: str) -> str:
    book, dry = graph.books.book(element), graph.books.book(DRY)
    lines, columns = graph.books.lines, graph.ledger.columns
    name = columns.lots.names[lot]
    is_made = (lines.lot == lot) & (lines.side == OUT)
    made = lines.order[is_made[lines.order]].tolist()
    held = f"{_range(dry.stock_metal[lot], 't')} dry with {_range(book.stock_metal[lot], 'kg')}"
    if not made:
        if np.any((lines.lot == lot) & (lines.side == COUNT)):
            return f"{name}: never seen made, but counted; it holds {held} {element}"
        return f"{name}: nobody recorded a mass or a grade; its {element} is UNKNOWN"
    line = made[-1]
    mass, metal = _range(dry.metal[line], "t"), _range(book.metal[line], "kg")
    event = columns.events.id[lines.event[line]]
    if len(made) == 1 and not lines.flags[line] & CONTINUING:
        how = _grade(graph, line, element)
        return f"{name}: {mass} dry made by {event} hold {metal} {element}{how}"
    return f"{name}: topped up {len(made)} times, last by {event}; it holds {held} {element}"


def _grade(graph: LotGraph, line: int, element: str) -> str:
    grades = graph.books.grades(element)
    low, high = grades.bounds[line].tolist()
    if low < 0:
        return " (composition of what went in)" if graph.books.lines.flags[line] & 4 else ""
    percent = f"{low / 1e10:.6g}" if low == high else f"{low / 1e10:.6g} to {high / 1e10:.6g}"
    of = f", chosen among {grades.candidates[line]}" if grades.candidates[line] > 1 else ""
    return f" (dry mass x {percent} %{of})"


def _origin_step(tracer: Tracer, node: int) -> str:
    origin = tracer.origins[node]
    return (
        f"origin {origin.lot}: site {origin.site}, district {origin.district}, "
        f"country {origin.country}, party {origin.party} ({origin.basis}, {origin.source})"
    )


def _mix_step(tracer: Tracer, row: int, element: str) -> tuple[str, list[int]]:
    graph = tracer.graph
    rows, columns = graph.rows(element), graph.ledger.columns
    span = slice(int(rows.indptr[row]), int(rows.indptr[row + 1]))
    refs = graph.structure.weight_lo_mg[0][span].tolist()
    low, high = rows.weight_lo_mg[0][span].tolist(), rows.weight_hi_mg[0][span].tolist()
    sources = rows.source[span].tolist()
    total = sum(low)
    is_known = total > 0 and low == high
    parts = []
    for ref, least, most in zip(refs, low, high, strict=True):
        share = f" = {least / total:.6f}" if is_known else ""
        parts.append(f"{_what(graph, ref)} {_range((least, most), 'kg')}{share}")
    event = columns.events.id[int(graph.row_event[row])]
    lot = columns.lots.names[int(graph.books.lines.lot[int(graph.row_line[row])])]
    return f"mix {event} (into {lot}): " + " + ".join(parts), sources


def _what(graph: LotGraph, ref: int) -> str:
    line, what = ref >> 2, ref & 3
    lot = graph.ledger.columns.lots.names[int(graph.books.lines.lot[line])]
    if what == BEFORE:
        return f"{lot} as it stood"
    if what == EXCESS:
        return f"drawn from {lot} beyond its book"
    if graph.books.lines.side[line] == OUT:
        return f"added to {lot}"
    return lot


def _range(bounds: Any, unit: str) -> str:
    low, high = int(bounds[0]), int(bounds[1])
    if low == high:
        return f"{mass_text(low, unit)} {unit}"
    if high == UNBOUNDED_MG:
        return "UNKNOWN" if low == 0 else f"at least {mass_text(low, unit)} {unit}"
    return f"{mass_text(low, unit)} to {mass_text(high, unit)} {unit}"


def _percent(low: float, high: float) -> str:
    if low == high:
        return f"{low:.4%}"
    return f"at least {low:.4%}, at most {high:.4%}"
