"""Compiled kernels over mix rows: shares forward and backward, bounds, loops, walks.

Masses enter as int64 milligrams, shares are float64. One kernel adds up the shares of a row,
always in the same order, so that partial and full passes give the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oreline.trace._jit import compiled, inlined

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Shares = NDArray[np.float64]
Marks = NDArray[np.uint8]

UNBOUNDED_MG = np.iinfo(np.int64).max
SORT_BY_HAND_MAX = 24


@inlined
def add_two(
    shares: Shares, row: int, part: float, one: int, other_part: float, other: int, begun: bool
) -> None:
    """Write two rows, each by its part, to a fresh row, or add them to one that is begun."""
    if begun:
        for c in range(shares.shape[1]):
            shares[row, c] += part * shares[one, c] + other_part * shares[other, c]
    else:
        for c in range(shares.shape[1]):
            shares[row, c] = part * shares[one, c] + other_part * shares[other, c]


@inlined
def add_one(shares: Shares, row: int, part: float, one: int, begun: bool) -> None:
    """Write one row by its part to a fresh row, or add it to one that is begun."""
    if begun:
        for c in range(shares.shape[1]):
            shares[row, c] += part * shares[one, c]
    else:
        for c in range(shares.shape[1]):
            shares[row, c] = part * shares[one, c]


@inlined
def share_row(
    row: int,
    indptr: Ints,
    source: Nodes,
    weight: Ints,
    column: Nodes,
    n_origins: int,
    shares: Shares,
) -> None:
    """Write the shares of one row, whose sources are done: the mean of theirs, by mass.

    Source rows are added two at a time and the first are written, not added, since the time goes
    into memory and not into arithmetic. No slices and no calls: both cost more than a short row.
    """
    stop = indptr[row + 1]
    total = 0.0
    for entry in range(indptr[row], stop):
        total += weight[entry]
    begun, one, part = False, -1, 0.0
    for entry in range(indptr[row], stop):
        if source[entry] < n_origins or weight[entry] == 0:
            continue
        if one < 0:
            one, part = source[entry] - n_origins, weight[entry] / total
            continue
        other, other_part = source[entry] - n_origins, weight[entry] / total
        add_two(shares, row, part, one, other_part, other, begun)
        begun, one = True, -1
    if one >= 0:
        add_one(shares, row, part, one, begun)
    elif not begun:
        shares[row, :] = 0.0
    for entry in range(indptr[row], stop):
        node = source[entry]
        if node < n_origins and weight[entry] != 0 and column[node] >= 0:
            shares[row, column[node]] += weight[entry] / total
    if total == 0.0 and column[0] >= 0:
        shares[row, column[0]] = 1.0


@compiled
def share_range(
    first: int,
    stop: int,
    indptr: Ints,
    source: Nodes,
    weight: Ints,
    column: Nodes,
    n_origins: int,
    shares: Shares,
) -> None:
    """Write the shares of the rows ``first .. stop - 1``, none of them in a loop."""
    for row in range(first, stop):
        share_row(row, indptr, source, weight, column, n_origins, shares)


@compiled
def share_marked(
    marked: Marks,
    first: int,
    stop: int,
    indptr: Ints,
    source: Nodes,
    weight: Ints,
    column: Nodes,
    n_origins: int,
    shares: Shares,
) -> None:
    """Write the shares of the marked rows among ``first .. stop - 1``, none of them in a loop."""
    for row in range(first, stop):
        if marked[n_origins + row]:
            share_row(row, indptr, source, weight, column, n_origins, shares)


@compiled
def loop_system(
    first: int,
    indptr: Ints,
    source: Nodes,
    weight: Ints,
    column: Nodes,
    n_origins: int,
    shares: Shares,
    inside: Shares,
    entered: Shares,
    outside: Shares,
) -> None:
    """Write how a loop is fed: by its own rows, by columns, and from outside in total.

    ``inside`` (n, n), ``entered`` (n, k) and ``outside`` (n) must come in as zeros, n being the
    number of rows of the loop, of which the first is row ``first``.
    """
    n = len(outside)
    for i in range(n):
        total = 0.0
        for entry in range(indptr[first + i], indptr[first + i + 1]):
            total += weight[entry]
        if total == 0.0:
            outside[i] = 1.0
            if column[0] >= 0:
                entered[i, column[0]] = 1.0
            continue
        for entry in range(indptr[first + i], indptr[first + i + 1]):
            part = weight[entry] / total
            node = source[entry]
            member = node - n_origins - first
            if 0 <= member < n:
                inside[i, member] += part
                continue
            outside[i] += part
            if node < n_origins:
                if column[node] >= 0:
                    entered[i, column[node]] += part
            else:
                entered[i] += part * shares[node - n_origins]


@compiled
def absorb(inside: Shares, entered: Shares, outside: Shares, solved: Shares) -> bool:
    """Solve ``x = inside x + entered`` for a loop without a single subtraction.

    State elimination after Grassmann, Taksar and Heyman (Oper. Res. 33 (1985) 1107), for absorbing
    chains: the part that stays is never computed as one minus the part that leaves, so each share
    keeps its relative precision however little enters the loop. The inputs are overwritten.

    Returns
    -------
    bool
        False when a row is fed from nowhere outside the loop: there is no answer.
    """
    n = len(outside)
    for m in range(n - 1, -1, -1):
        leaving = outside[m]
        for j in range(m):
            leaving += inside[m, j]
        if leaving == 0.0:
            return False
        outside[m] /= leaving
        entered[m] /= leaving
        for j in range(m):
            inside[m, j] /= leaving
        for i in range(m):
            via = inside[i, m]
            if via == 0.0:
                continue
            outside[i] += via * outside[m]
            entered[i] += via * entered[m]
            for j in range(m):
                inside[i, j] += via * inside[m, j]
    for m in range(n):
        solved[m] = entered[m]
        for j in range(m):
            solved[m] += inside[m, j] * solved[j]
    return True


@compiled
def push_back(
    nodes: Ints,
    indptr: Ints,
    source: Nodes,
    weight: Ints,
    n_origins: int,
    mass: Shares,
) -> None:
    """Hand the mass of rows, latest first and none of them in a loop, back to their sources."""
    for node in nodes:
        row = node - n_origins
        held = mass[node]
        total = 0.0
        for entry in range(indptr[row], indptr[row + 1]):
            total += weight[entry]
        if total == 0.0:
            mass[0] += held
            continue
        for entry in range(indptr[row], indptr[row + 1]):
            mass[source[entry]] += held * (weight[entry] / total)


@compiled
def mark_ancestors(
    starts: Ints,
    indptr: Ints,
    source: Nodes,
    weight: Ints,
    everything: bool,
    n_origins: int,
    marked: Marks,
    stack: Nodes,
) -> int:
    """Mark the starts and all they were made from; write them to `stack` and return how many.

    Entries of weight 0 are followed only with `everything`. `marked` must come in as zeros and
    goes out marked.
    """
    found = 0
    for node in starts:
        if marked[node] == 0:
            marked[node] = 1
            stack[found] = node
            found += 1
    done = 0
    while done < found:
        node = stack[done]
        done += 1
        if node < n_origins:
            continue
        row = node - n_origins
        for entry in range(indptr[row], indptr[row + 1]):
            other = source[entry]
            if (everything or weight[entry] != 0) and marked[other] == 0:
                marked[other] = 1
                stack[found] = other
                found += 1
    return found


@compiled
def mark_descendants(
    first: int,
    stop: int,
    indptr: Ints,
    source: Nodes,
    weight: Ints,
    everything: bool,
    n_origins: int,
    marked: Marks,
) -> bool:
    """Mark each of the rows ``first .. stop - 1`` with a marked source; True if any was added.

    One call is enough outside loops; the rows of a loop need calls until nothing is added.
    """
    added = False
    for row in range(first, stop):
        if marked[n_origins + row]:
            continue
        for entry in range(indptr[row], indptr[row + 1]):
            if (everything or weight[entry] != 0) and marked[source[entry]]:
                marked[n_origins + row] = 1
                added = True
                break
    return added


@compiled
def descend(
    row: int,
    indptr: Ints,
    source: Nodes,
    n_origins: int,
    at: Ints,
    seen: Ints,
    low: Ints,
    is_open: Marks,
) -> int:
    """Return the next unseen source row of a row, or -1; lowers ``low`` by the open ones passed."""
    while at[row] < indptr[row + 1]:
        other = source[at[row]] - n_origins
        at[row] += 1
        if other < 0:
            continue
        if seen[other] < 0:
            return int(other)
        if is_open[other]:
            low[row] = min(low[row], seen[other])
    return -1


@compiled
def close_group(
    row: int, n_open: int, n_done: int, open_rows: Ints, is_open: Marks, order: Ints
) -> int:
    """Move the open rows down to `row` into the order, ascending; return how many."""
    size = 0
    while True:
        member = open_rows[n_open - 1 - size]
        is_open[member] = 0
        order[n_done + size] = member
        size += 1
        if member == row:
            break
    order[n_done : n_done + size].sort()
    return size


@compiled
def strong_groups(indptr: Ints, source: Nodes, n_origins: int) -> tuple[Ints, Ints]:
    """Return the rows in an order with sources first, and where each strong group begins in it.

    Tarjan's algorithm without recursion: ``low`` holds the discovery number or the smallest one
    that is reachable, ``at`` the entry to look at next.
    """
    n = len(indptr) - 1
    order, path, open_rows, low = np.empty((4, n), dtype=np.int64)
    group_ptr = np.zeros(n + 1, dtype=np.int64)
    seen = np.full(n, -1, dtype=np.int64)
    is_open = np.zeros(n, dtype=np.uint8)
    at = indptr[:-1].copy()
    n_seen, n_open, n_done, n_groups, depth = 0, 0, 0, 0, 0
    for root in range(n):
        if seen[root] < 0:
            path[0] = root
            depth = 1
        while depth > 0:
            row = path[depth - 1]
            if seen[row] < 0:
                seen[row] = low[row] = n_seen
                open_rows[n_open] = row
                is_open[row] = 1
                n_seen += 1
                n_open += 1
            other = descend(row, indptr, source, n_origins, at, seen, low, is_open)
            if other >= 0:
                path[depth] = other
                depth += 1
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[row])
            if low[row] == seen[row]:
                size = close_group(row, n_open, n_done, open_rows, is_open, order)
                n_open -= size
                n_done += size
                n_groups += 1
                group_ptr[n_groups] = n_done
    return order, group_ptr[: n_groups + 1]


@compiled
def sort_order(values: Shares, order: Ints) -> None:
    """Write the order that sorts `values` ascending; for a few values without fresh memory."""
    n = len(values)
    if n > SORT_BY_HAND_MAX:
        order[:] = np.argsort(values)
        return
    for i in range(n):
        j = i
        while j > 0 and values[order[j - 1]] > values[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i


@compiled
def least_mean(values: Shares, lower: Ints, upper: Ints, order: Ints) -> float:
    """Return the least mean of `values` that weights between `lower` and `upper` can give.

    The mean rises or falls in each weight, so at an extreme every weight stands at one of its
    bounds, and for the least mean exactly the smallest values have their upper one: only the
    threshold is to be found. A weight without upper bound can draw the mean to its own value.
    Weights that are all 0 have no mean and are left out.
    """
    sort_order(values, order)
    mass, total, least = 0.0, 0.0, np.inf
    for j in range(len(values)):
        mass += lower[j] * values[j]
        total += lower[j]
    if total > 0.0:
        least = mass / total
    for j in order:
        if upper[j] == lower[j]:
            continue
        if upper[j] == UNBOUNDED_MG:
            least = min(least, values[j])
            break
        rise = float(upper[j] - lower[j])
        mass += rise * values[j]
        total += rise
        least = min(least, mass / total)
    return float(least)


@compiled
def source_values(
    nodes: Nodes, column: Nodes, n_origins: int, c: int, shares: Shares, values: Shares
) -> bool:
    """Write the share in column `c` of each node; False where all are 0."""
    reached = False
    for j in range(len(nodes)):
        node = nodes[j]
        if node >= n_origins:
            values[j] = shares[node - n_origins, c]
        elif column[node] == c:
            values[j] = 1.0
        else:
            values[j] = 0.0
        reached = reached or values[j] != 0.0
    return reached


@compiled
def bound_row(
    row: int,
    indptr: Ints,
    source: Nodes,
    lower: Ints,
    upper: Ints,
    column: Nodes,
    n_origins: int,
    share_lo: Shares,
    share_hi: Shares,
) -> float:
    """Write the bounds of one row by those of its sources; return the largest change of any."""
    first, stop = indptr[row], indptr[row + 1]
    present = np.flatnonzero(upper[first:stop] > 0) + first
    nodes, lo, hi = source[present], lower[present], upper[present]
    values = np.empty(len(present))
    order = np.empty(len(present), dtype=np.int64)
    change = 0.0
    for c in range(share_lo.shape[1]):
        below, above = share_lo[row, c], share_hi[row, c]
        least, most = 0.0, 0.0
        if len(present) == 0:
            least = most = 1.0 if c == column[0] else 0.0
        else:
            if source_values(nodes, column, n_origins, c, share_lo, values):
                least = least_mean(values, lo, hi, order)
            if source_values(nodes, column, n_origins, c, share_hi, values):
                most = -least_mean(-values, lo, hi, order)
        share_lo[row, c], share_hi[row, c] = least, most
        change = max(change, abs(least - below), abs(most - above))
    return change


@compiled
def bound_range(
    first: int,
    stop: int,
    indptr: Ints,
    source: Nodes,
    lower: Ints,
    upper: Ints,
    column: Nodes,
    n_origins: int,
    share_lo: Shares,
    share_hi: Shares,
) -> None:
    """Write the bounds of the rows ``first .. stop - 1``, none of them in a loop.

    Where all weights of a row are known, its bounds are the plain means of those of its sources.
    """
    for row in range(first, stop):
        known = True
        for entry in range(indptr[row], indptr[row + 1]):
            known = known and lower[entry] == upper[entry]
        if known:
            share_row(row, indptr, source, lower, column, n_origins, share_lo)
            share_row(row, indptr, source, lower, column, n_origins, share_hi)
        else:
            bound_row(row, indptr, source, lower, upper, column, n_origins, share_lo, share_hi)


@compiled
def bound_loop(
    first: int,
    stop: int,
    indptr: Ints,
    source: Nodes,
    lower: Ints,
    upper: Ints,
    column: Nodes,
    n_origins: int,
    share_lo: Shares,
    share_hi: Shares,
    change_max: float,
    rounds_max: int,
) -> int:
    """Narrow the bounds of one loop from 0 and 1 until they stand still; return the rounds.

    The bounds hold after every round, so stopping early costs sharpness only.
    """
    share_lo[first:stop] = 0.0
    share_hi[first:stop] = 1.0
    for done in range(rounds_max):
        change = 0.0
        for row in range(first, stop):
            moved = bound_row(
                row, indptr, source, lower, upper, column, n_origins, share_lo, share_hi
            )
            change = max(change, moved)
        if change <= change_max:
            return done + 1
    return rounds_max
