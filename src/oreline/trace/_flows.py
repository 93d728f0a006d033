"""The lines of a ledger as who took what and who gave what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from oreline.record import IN, OUT, Books

Stops = dict[int, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Flows:
    """Which event takes and gives which lots, both ways round, and when each line acts.

    Every entry is a pair whose second part is the place of the line in the acting order: not of the
    event, since a recycled output acts before the draws of the event that makes it.

    Attributes
    ----------
    n_places
        The number of places.
    taken, given
        For each event the lots that it draws from and puts into.
    made_by, used_by
        For each lot the events that put into it and draw from it.
    """

    n_places: int
    taken: Stops
    given: Stops
    made_by: Stops
    used_by: Stops


def gather_flows(books: Books) -> Flows:
    """Return the flows of a ledger; one pass over its lines."""
    lines = books.lines
    taken: Stops = defaultdict(list)
    given: Stops = defaultdict(list)
    made_by: Stops = defaultdict(list)
    used_by: Stops = defaultdict(list)
    for place, line in enumerate(lines.order.tolist()):
        side, event, lot = int(lines.side[line]), int(lines.event[line]), int(lines.lot[line])
        if side == IN:
            taken[event].append((lot, place))
            used_by[lot].append((event, place))
        elif side == OUT and lot >= 0:
            given[event].append((lot, place))
            made_by[lot].append((event, place))
    return Flows(lines.order.size, dict(taken), dict(given), dict(made_by), dict(used_by))
