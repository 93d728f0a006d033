"""Symmetric sparse matrices, factored; and the entries of their inverse that a balance needs.

The matrix is given by the upper triangle of its columns (row numbers sorted, the diagonal last).
Factored is L D L' with a unit lower triangle, row by row, without pivoting: what comes here is
positive definite. The algorithm is that of Davis, Direct Methods for Sparse Linear Systems (SIAM
2006), chapter 4. The entries of the inverse on the pattern of L follow from the last column
backwards (Takahashi's equations; Erisman and Tinney, Communications of the ACM 18, 1975), for about
the price of the factor, where the whole inverse would not fit into memory.
"""

from __future__ import annotations

import numpy as np

from oreline.record import compiled_pass

Array = np.ndarray


@compiled_pass
def count_columns(start: Array, row: Array, parent: Array, seen: Array, count: Array) -> None:
    """Find the tree of elimination and how many entries each column of L has."""
    n = parent.size
    for k in range(n):
        parent[k] = -1
        seen[k] = k
        count[k] = 0
        for p in range(start[k], start[k + 1]):
            i = row[p]
            while i != k and seen[i] != k:
                if parent[i] == -1:
                    parent[i] = k
                count[i] += 1
                seen[i] = k
                i = parent[i]


@compiled_pass
def factor(
    start: Array,
    row: Array,
    value: Array,
    parent: Array,
    l_start: Array,
    l_row: Array,
    l_value: Array,
    d: Array,
    filled: Array,
    seen: Array,
    stack: Array,
    path: Array,
    y: Array,
) -> int:
    """Factor; return -1, or the first column whose pivot is not positive."""
    n = parent.size
    for k in range(n):
        y[k] = 0.0
        filled[k] = 0
        seen[k] = -1
    for k in range(n):
        top = n
        seen[k] = k
        d[k] = 0.0
        for p in range(start[k], start[k + 1]):
            i = row[p]
            if i == k:
                d[k] += value[p]
                continue
            y[i] += value[p]
            length = 0
            while seen[i] != k:
                path[length] = i
                length += 1
                seen[i] = k
                i = parent[i]
            while length > 0:
                length -= 1
                top -= 1
                stack[top] = path[length]
        for t in range(top, n):
            i = stack[t]
            y_i = y[i]
            y[i] = 0.0
            last = l_start[i] + filled[i]
            for p in range(l_start[i], last):
                y[l_row[p]] -= l_value[p] * y_i
            l_ki = y_i / d[i]
            d[k] -= l_ki * y_i
            l_row[last] = k
            l_value[last] = l_ki
            filled[i] += 1
        if not d[k] > 0.0:
            return k
    return -1


@compiled_pass
def solve(l_start: Array, l_row: Array, l_value: Array, d: Array, x: Array) -> None:
    """Solve for several right sides at once, in place; ``x`` is [n, sides]."""
    n, sides = x.shape
    for j in range(n):
        for p in range(l_start[j], l_start[j + 1]):
            for s in range(sides):
                x[l_row[p], s] -= l_value[p] * x[j, s]
    for j in range(n - 1, -1, -1):
        for s in range(sides):
            x[j, s] /= d[j]
        for p in range(l_start[j], l_start[j + 1]):
            for s in range(sides):
                x[j, s] -= l_value[p] * x[l_row[p], s]


@compiled_pass
def invert_on_pattern(
    l_start: Array,
    l_row: Array,
    l_value: Array,
    d: Array,
    z_diagonal: Array,
    z: Array,
    place: Array,
    total: Array,
) -> None:
    """Fill the inverse on the pattern of L: ``z`` beside ``l_value``, the diagonal apart."""
    n = d.size
    for j in range(n):
        place[j] = -1
    for j in range(n - 1, -1, -1):
        first, last = l_start[j], l_start[j + 1]
        for p in range(first, last):
            place[l_row[p]] = p - first
            total[p - first] = 0.0
        for p in range(first, last):
            k, b = l_row[p], p - first
            l_k = l_value[p]
            total[b] += l_k * z_diagonal[k]
            below = 0.0
            for q in range(l_start[k], l_start[k + 1]):
                a = place[l_row[q]]
                if a >= 0:
                    total[a] += l_k * z[q]
                    below += l_value[first + a] * z[q]
            total[b] += below
        own = 1.0 / d[j]
        for p in range(first, last):
            z[p] = -total[p - first]
            own -= l_value[p] * z[p]
            place[l_row[p]] = -1
        z_diagonal[j] = own


@compiled_pass
def quadratic_forms(
    start: Array,
    row: Array,
    value: Array,
    l_start: Array,
    l_row: Array,
    z_diagonal: Array,
    z: Array,
    found: Array,
) -> int:
    """Fill v' Z v for every sparse column v; return -1, or a column that leaves the pattern."""
    for c in range(found.size):
        sum_ = 0.0
        for p in range(start[c], start[c + 1]):
            i, v_i = row[p], value[p]
            if v_i == 0.0:
                continue
            sum_ += v_i * v_i * z_diagonal[i]
            for q in range(start[c], p):
                j, v_j = row[q], value[q]
                if v_j == 0.0:
                    continue
                low, high = min(i, j), max(i, j)
                left, right = l_start[low], l_start[low + 1]
                while left < right:
                    middle = (left + right) // 2
                    if l_row[middle] < high:
                        left = middle + 1
                    else:
                        right = middle
                if left == l_start[low + 1] or l_row[left] != high:
                    return c
                sum_ += 2.0 * v_i * v_j * z[left]
        found[c] = sum_
    return -1
