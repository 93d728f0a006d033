"""Where every lot is: at the site of the event that made it, then where it was taken.

A lot moves by dispatch (into transit) and receive (to the event's site). Whoever draws from, tops
up or dispatches a lot elsewhere than where the book has it has moved it without a record; the books
of both sites show that as ``moved unrecorded``, so that each of them still closes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oreline.record import MOVE_IN, MOVE_OUT, Columns

Ints = npt.NDArray[np.int64]

NOT_STATED = "(site not stated)"
IN_TRANSIT = "(in transit)"


@dataclass(frozen=True, slots=True)
class Places:
    """For each line in acting order: the place of its event, and of its lot before and after.

    Places are numbered as in the ledger's columns; two more follow: not stated, and in transit.
    ``time_us`` is when the line acts: a stream that is input before it is output counts when it is
    drawn. ``previous`` is the line before it of the same lot, -1 for the first.
    """

    names: tuple[str, ...]
    event: Ints
    before: Ints
    after: Ints
    time_us: Ints
    previous: Ints
    next: Ints

    @property
    def transit(self) -> int:
        """Return the number of the place between sites."""
        return len(self.names) - 1


def places_of(columns: Columns, side: Ints, event: Ints, lot: Ints) -> Places:
    """Follow every lot; the lines stand in acting order."""
    names = (*columns.places.names, NOT_STATED, IN_TRANSIT)
    not_stated, transit = len(names) - 2, len(names) - 1
    site = np.array(columns.events.site, np.int64)[event]
    site[site < 0] = not_stated
    time_us = np.array(columns.events.time_us, np.int64)[event]
    # A recycled stream acts before its own event ends; it then counts when it is drawn.
    time_us = np.minimum.accumulate(time_us[::-1])[::-1]
    previous, following, by_lot = _neighbours(lot)
    set_to = np.where(side == MOVE_OUT, transit, site)[by_lot]
    first = (previous < 0)[by_lot]
    sets = first | np.isin(side[by_lot], (MOVE_OUT, MOVE_IN)) | (lot[by_lot] < 0)
    latest = np.maximum.accumulate(np.where(sets, np.arange(by_lot.size), 0))
    after = np.empty(lot.size, np.int64)
    after[by_lot] = set_to[latest]
    before = np.where(previous < 0, site, after[previous])
    # A lot that nobody made is where its first event is; only a dispatch then moves it.
    return Places(names, site, before, after, time_us, previous, following)


def _neighbours(lot: Ints) -> tuple[Ints, Ints, Ints]:
    """Return, for each line, the lines before and after it of the same lot, and lots in turn."""
    by_lot = np.argsort(lot, kind="stable")
    same = (lot[by_lot][1:] == lot[by_lot][:-1]) & (lot[by_lot][1:] >= 0)
    previous = np.full(lot.size, -1, np.int64)
    following = np.full(lot.size, -1, np.int64)
    previous[by_lot[1:][same]] = by_lot[:-1][same]
    following[by_lot[:-1][same]] = by_lot[1:][same]
    return previous, following, by_lot
