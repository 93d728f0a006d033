"""Attribution done in three other ways, each too slow for use and none sharing code with oreline.

A sparse linear solve of the whole ledger, a walk that hands mass back in exact fractions, and a
random walk that ends at an origin. Also draws of random mix rows, with and without loops.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
from hypothesis import strategies as st


def shares_by_solve(
    indptr: Any, source: Any, weight: Any, n_origins: int, column: Any = None
) -> np.ndarray:
    """Solve (I - A) X = B for all rows at once with a sparse LU."""
    n_rows = len(indptr) - 1
    target = np.arange(n_origins) if column is None else np.asarray(column)
    inside = scipy.sparse.lil_array((n_rows, n_rows))
    entered = np.zeros((n_rows, int(target.max()) + 1))
    for row in range(n_rows):
        entries = range(indptr[row], indptr[row + 1])
        total = float(sum(int(weight[e]) for e in entries))
        if total == 0:
            if target[0] >= 0:
                entered[row, target[0]] += 1
            continue
        for e in entries:
            node, part = int(source[e]), int(weight[e]) / total
            if node >= n_origins:
                inside[row, node - n_origins] += part
            elif target[node] >= 0:
                entered[row, target[node]] += part
    system = scipy.sparse.csc_array(scipy.sparse.eye_array(n_rows) - inside.tocsc())
    return np.asarray(scipy.sparse.linalg.splu(system).solve(entered))


def shares_by_fractions(
    indptr: Any, source: Any, weight: Any, n_origins: int, node: int
) -> list[Fraction]:
    """Hand a unit of mass back to the origins in exact fractions; for rows without loops."""
    held = {node: Fraction(1)}
    absorbed = [Fraction(0)] * n_origins
    while held:
        latest = max(held)
        mass = held.pop(latest)
        if latest < n_origins:
            absorbed[latest] += mass
            continue
        row = latest - n_origins
        entries = range(indptr[row], indptr[row + 1])
        total = sum(int(weight[e]) for e in entries)
        if total == 0:
            absorbed[0] += mass
            continue
        for e in entries:
            if weight[e]:
                other = int(source[e])
                assert other < latest, "a loop has no last node"
                held[other] = held.get(other, Fraction(0)) + mass * Fraction(int(weight[e]), total)
    return absorbed


def shares_by_random_walk(
    indptr: Any, source: Any, weight: Any, n_origins: int, node: int, n_walks: int, seed: int
) -> np.ndarray:
    """Follow one milligram back, again and again; return how often it ended at each origin."""
    rng = np.random.default_rng(seed)
    ended = np.zeros(n_origins)
    for _ in range(n_walks):
        at = node
        while at >= n_origins:
            row = at - n_origins
            parts = np.asarray(weight[indptr[row] : indptr[row + 1]], dtype=float)
            if parts.sum() == 0:
                at = 0
                break
            at = int(source[indptr[row] + rng.choice(len(parts), p=parts / parts.sum())])
        ended[at] += 1
    return ended / n_walks


@st.composite
def drawn_rows(
    draw: Any,
    *,
    rows_max: int = 12,
    weights: Any = None,
    with_loops: bool = False,
) -> dict[str, Any]:
    """Draw mix rows as plain lists: indptr, source, weight, n_origins, loops.

    Loops are drawn so that each of their rows takes something from outside.
    """
    amounts = st.integers(0, 10**6) | st.integers(0, 10**18) if weights is None else weights
    n_origins = draw(st.integers(2, 5))
    n_rows = draw(st.integers(1, rows_max))
    loops: list[list[int]] = []
    at = 0
    while with_loops and at < n_rows:
        size = draw(st.integers(1, 4))
        if draw(st.booleans()):
            loops.append(list(range(at, min(at + size, n_rows))))
        at += size
    loop_of = {row: loop for loop in loops for row in loop}
    indptr, source, weight = [0], [], []
    for row in range(n_rows):
        loop = loop_of.get(row, [row])
        earlier = st.integers(0, n_origins + loop[0] - 1)
        nodes = draw(st.lists(earlier, min_size=1, max_size=4))
        masses = [draw(amounts) for _ in nodes]
        if row in loop_of:
            masses[0] = max(masses[0], 1)
            following = loop[(row - loop[0] + 1) % len(loop)]
            nodes.append(n_origins + following)
            masses.append(draw(amounts.map(lambda mass: max(mass, 1))))
        source += nodes
        weight += masses
        indptr.append(len(source))
    return {
        "indptr": indptr,
        "source": source,
        "weight": weight,
        "n_origins": n_origins,
        "loops": loops,
    }
