"""Walks from event to event over the flows of a ledger; compiled.

A lot that is topped up and drawn from in turn is not one mix: what counts is which line acted
before which. So a walk carries, for each lot, a limit in the acting order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.trace._jit import compiled

Ints = NDArray[np.int64]
UNSEEN = -2
"""The limit of a lot that was not reached."""


@compiled
def walk_all(
    near_start: Ints,
    near_event: Ints,
    near_place: Ints,
    far_start: Ints,
    far_lot: Ints,
    far_place: Ints,
    start: int,
    upwards: bool,
    limit: Ints,
    n_events: int,
) -> tuple[Ints, Ints]:
    """Return the lots that a walk reaches and the events by which it goes, nearest first.

    Parameters
    ----------
    limit
        Per lot UNSEEN, except that of the start. Upwards it is the place of the latest draw through
        which a lot was reached: only what was put in before it counts. Downwards it is the place of
        the earliest addition. Written in place.
    """
    n_lots = limit.size
    lots, events = np.empty(n_lots, np.int64), np.empty(n_events, np.int64)
    seen = np.zeros(n_events, np.bool_)
    waits = np.zeros(n_lots, np.bool_)
    frontier, following = np.empty(n_lots, np.int64), np.empty(n_lots, np.int64)
    frontier[0] = start
    n_found, n_passed, n_frontier = 0, 0, 1
    while n_frontier:
        n_following = 0
        for position in range(n_frontier):
            at = frontier[position]
            for stop in range(near_start[at], near_start[at + 1]):
                event, place = near_event[stop], near_place[stop]
                if (upwards and place > limit[at]) or (not upwards and place < limit[at]):
                    continue
                if not seen[event]:
                    seen[event] = True
                    events[n_passed] = event
                    n_passed += 1
                for further in range(far_start[event], far_start[event + 1]):
                    other, reached = far_lot[further], far_place[further]
                    known = limit[other]
                    if known == UNSEEN:
                        lots[n_found] = other
                        n_found += 1
                    elif (upwards and reached <= known) or (not upwards and reached >= known):
                        continue
                    limit[other] = reached
                    if not waits[other]:
                        waits[other] = True
                        following[n_following] = other
                        n_following += 1
        for position in range(n_following):
            waits[following[position]] = False
        frontier, following = following, frontier
        n_frontier = n_following
    return lots[:n_found].copy(), events[:n_passed].copy()


@compiled
def shortest_way(
    used_start: Ints,
    used_event: Ints,
    used_place: Ints,
    given_start: Ints,
    given_lot: Ints,
    given_place: Ints,
    start: int,
    goal: int,
    earliest: Ints,
) -> Ints:
    """Return the events of a shortest chain from one lot to another, in their order.

    A state is a lot with the place since which the material is in it. A lot may be worth reaching
    again by more events but earlier, so each addition can make one state. ``earliest`` holds, per
    lot, more than any place; written in place.
    """
    most = given_lot.size + 1
    lot, since = np.empty(most, np.int64), np.empty(most, np.int64)
    before, by = np.empty(most, np.int64), np.empty(most, np.int64)
    lot[0], since[0], before[0], by[0] = start, -1, -1, -1
    earliest[start] = -1
    first, n, arrived = 0, 1, 0 if start == goal else -1
    while arrived < 0 and first < n:
        level_end = n
        for state in range(first, level_end):
            at = lot[state]
            for stop in range(used_start[at], used_start[at + 1]):
                if used_place[stop] < since[state]:
                    continue
                event = used_event[stop]
                for further in range(given_start[event], given_start[event + 1]):
                    other, reached = given_lot[further], given_place[further]
                    if reached < earliest[other]:
                        earliest[other] = reached
                        lot[n], since[n], before[n], by[n] = other, reached, state, event
                        if other == goal:
                            arrived = n
                        n += 1
        first = level_end
    length, state = 0, arrived
    while state > 0:
        length += 1
        state = before[state]
    chain, state = np.empty(length, np.int64), arrived
    while state > 0:
        length -= 1
        chain[length] = by[state]
        state = before[state]
    return chain
