"""The lines of a ledger as who took what and who gave what, both ways round, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oreline.record import IN, OUT, Books

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stops:
    """What stands at each key: those of key ``k`` from ``start[k]`` to before ``start[k + 1]``.

    ``other`` is a lot where keys are events, an event where they are lots; ``place`` is that of
    the line in the acting order, ascending within a key.
    """

    start: Ints
    other: Ints
    place: Ints

    def get(self, key: int, default: Sequence[tuple[int, int]] = ()) -> Sequence[tuple[int, int]]:
        """Return the pairs of other and place at a key, the default where there are none."""
        first, stop = self.start[key], self.start[key + 1]
        if first == stop:
            return default
        span = slice(first, stop)
        return list(zip(self.other[span].tolist(), self.place[span].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Flows:
    """Which event takes and gives which lots, both ways round, and when each line acts.

    Every entry has the place of the line in the acting order: not of the event, since a recycled
    output acts before the draws of the event that makes it. Safe for any number of threads.

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
    lines, columns = books.lines, books.ledger.columns
    n_events, n_lots = len(columns.events.seq), len(columns.lots.names)
    side, event, lot = (part[lines.order] for part in (lines.side, lines.event, lines.lot))
    takes = np.flatnonzero(side == IN)
    gives = np.flatnonzero((side == OUT) & (lot >= 0))
    return Flows(
        lines.order.size,
        taken=_stops(event, lot, takes, n_events),
        given=_stops(event, lot, gives, n_events),
        made_by=_stops(lot, event, gives, n_lots),
        used_by=_stops(lot, event, takes, n_lots),
    )


def _stops(key: Ints, other: Ints, places: Ints, n_keys: int) -> Stops:
    """Gather places by their key; they stay in order."""
    keys = key[places]
    start = np.zeros(n_keys + 1, np.int64)
    np.cumsum(np.bincount(keys, minlength=n_keys), out=start[1:])
    places = places[np.argsort(keys, kind="stable")]
    return Stops(start, other[places], places)
