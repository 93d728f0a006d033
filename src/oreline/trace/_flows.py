"""The lines of a ledger as who took what and who gave what."""

from __future__ import annotations

from dataclasses import dataclass

from oreline.record import IN, OUT, Books


@dataclass(frozen=True, slots=True)
class Flows:
    """Events in acting order, with the lots that each takes and gives, both ways round."""

    order: tuple[int, ...]
    place: dict[int, int]
    taken: dict[int, list[int]]
    given: dict[int, list[int]]
    made_by: dict[int, list[int]]
    used_by: dict[int, list[int]]


def gather_flows(books: Books) -> Flows:
    """Return the flows of a ledger; one pass over its lines."""
    lines = books.lines
    order: list[int] = []
    place: dict[int, int] = {}
    taken: dict[int, list[int]] = {}
    given: dict[int, list[int]] = {}
    made_by: dict[int, list[int]] = {}
    used_by: dict[int, list[int]] = {}
    for line in lines.order.tolist():
        side, event, lot = int(lines.side[line]), int(lines.event[line]), int(lines.lot[line])
        if side not in {IN, OUT}:
            continue
        if event not in place:
            place[event] = len(order)
            order.append(event)
        if side == IN:
            taken.setdefault(event, []).append(lot)
            used_by.setdefault(lot, []).append(event)
        elif lot >= 0:
            given.setdefault(event, []).append(lot)
            made_by.setdefault(lot, []).append(event)
    return Flows(tuple(order), place, taken, given, made_by, used_by)
