"""Flows through units with recycles, exactly: one sparse elimination for every component.

At each unit the flow of a component is what enters from outside and what other units send:
``F = f + T F``, where ``T[v, u]`` is the share of u's feed that goes to v. Which shares can be
other than zero is the same for all components and samples, so the order of elimination is found
once and each step then works on whole arrays.

The elimination is that of Grassmann, Taksar and Heyman (1985, Operations Research 33, 1107-1116):
what leaves a unit is summed from the shares that leave it, never taken as one less a share. No step
subtracts, so every flow is right to rounding however much circulates, and a loop that nothing
leaves shows as an exact zero.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from oreline.design._law import Array

OUTSIDE: Final = -1
"""Where a product goes."""
Edge = tuple[int, int]


@lru_cache(maxsize=64)
def elimination_order(count: int, edges: frozenset[Edge]) -> tuple[int, ...]:
    """Return the units in an order that keeps the elimination sparse.

    Each step takes the unit with the fewest pairs of a sender and a receiver (Markowitz 1957).
    """
    receivers: list[set[int]] = [set() for _ in range(count)]
    senders: list[set[int]] = [set() for _ in range(count)]
    for origin, destination in edges:
        if origin not in (OUTSIDE, destination) and destination != OUTSIDE:
            receivers[origin].add(destination)
            senders[destination].add(origin)
    waiting = [(len(senders[unit]) * len(receivers[unit]), unit) for unit in range(count)]
    heapq.heapify(waiting)
    done = [False] * count
    order = []
    while waiting:
        cost, unit = heapq.heappop(waiting)
        now = len(senders[unit]) * len(receivers[unit])
        if done[unit]:
            continue
        if now > cost:
            heapq.heappush(waiting, (now, unit))
            continue
        done[unit] = True
        order.append(unit)
        touched = senders[unit] | receivers[unit]
        for sender in senders[unit]:
            receivers[sender].discard(unit)
            receivers[sender] |= receivers[unit] - {sender}
        for receiver in receivers[unit]:
            senders[receiver].discard(unit)
            senders[receiver] |= senders[unit] - {receiver}
        for other in touched:
            heapq.heappush(waiting, (len(senders[other]) * len(receivers[other]), other))
    return tuple(order)


def unit_flows(
    sources: Sequence[Array | None], shares: Mapping[Edge, Array], shape: tuple[int, ...]
) -> tuple[Array, tuple[int, ...]]:
    """Return what enters each unit, and the units in which something is trapped.

    Parameters
    ----------
    sources
        For each unit what enters it from outside, of ``shape``; None for nothing.
    shares
        For (origin, destination) the share of the origin's feed that goes there, of ``shape``, at
        least 0; the destination may be :data:`OUTSIDE`. Those of one origin sum to 1.
    shape
        (components,), or (samples, components).

    Returns
    -------
    flows, trapped
        Of shape (units, ...). Where a unit is trapped its flow is infinite.
    """
    count = len(sources)
    outward: list[dict[int, Array]] = [{} for _ in range(count)]
    inward: list[set[int]] = [set() for _ in range(count)]
    for (origin, destination), share in shares.items():
        if origin == destination:
            continue
        outward[origin][destination] = share
        if destination != OUTSIDE:
            inward[destination].add(origin)
    entering: list[Array | None] = list(sources)
    order = elimination_order(count, frozenset(shares))
    steps: list[tuple[int, Array, list[tuple[int, Array]]]] = []
    for unit in order:
        leaving = _sum(outward[unit].values(), shape)
        passed_on = _passed_on(outward[unit], leaving)
        senders = [(sender, outward[sender].pop(unit)) for sender in inward[unit]]
        for sender, share in senders:
            _redirect(outward[sender], sender, share, passed_on)
        at_unit = entering[unit]
        for receiver, part in passed_on.items():
            if receiver == OUTSIDE:
                continue
            inward[receiver].discard(unit)
            inward[receiver].update(sender for sender, _ in senders if sender != receiver)
            if at_unit is not None:
                before = entering[receiver]
                moved = at_unit * part
                entering[receiver] = moved if before is None else before + moved
        steps.append((unit, leaving, senders))
    return _substituted(steps, entering, count, shape)


def _sum(parts: Iterable[Array], shape: tuple[int, ...]) -> Array:
    total: Array | None = None
    for part in parts:
        total = part if total is None else total + part
    return np.zeros(shape) if total is None else total


def _passed_on(outward: Mapping[int, Array], leaving: Array) -> dict[int, Array]:
    """Return where what leaves a unit goes, as parts of what leaves."""
    if leaving.all():
        return {receiver: share / leaving for receiver, share in outward.items()}
    safe = np.where(leaving > 0.0, leaving, 1.0)
    return {receiver: share / safe for receiver, share in outward.items()}


def _redirect(
    outward: dict[int, Array], sender: int, share: Array, passed_on: Mapping[int, Array]
) -> None:
    """Send what a sender gave to an eliminated unit on to where that unit sends it."""
    for receiver, part in passed_on.items():
        if receiver == sender:
            # It comes back: what leaves the sender is counted from its other shares.
            continue
        before = outward.get(receiver)
        moved = share * part
        outward[receiver] = moved if before is None else before + moved


def _substituted(
    steps: Sequence[tuple[int, Array, list[tuple[int, Array]]]],
    entering: Sequence[Array | None],
    count: int,
    shape: tuple[int, ...],
) -> tuple[Array, tuple[int, ...]]:
    flows = np.zeros((count, *shape))
    trapped = []
    for unit, leaving, senders in reversed(steps):
        at_unit = entering[unit]
        total = np.zeros(shape) if at_unit is None else at_unit
        for sender, share in senders:
            total = total + flows[sender] * share
        if leaving.all():
            flows[unit] = total / leaving
            continue
        stuck = (leaving <= 0.0) & (total > 0.0)
        if stuck.any():
            trapped.append(unit)
        with np.errstate(divide="ignore"):
            flows[unit] = np.where(total > 0.0, total / leaving, 0.0)
    return flows, tuple(trapped)
