"""A positive definite sparse matrix, factored once: solutions, and parts of its inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.linalg import splu

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Matrix = sp.csc_array


@dataclass(frozen=True, slots=True)
class Order:
    """In which order the unknowns of a pattern are eliminated, so that few entries are added."""

    old_of_new: Ints
    new_of_old: Ints


@dataclass(frozen=True, slots=True)
class Inverse:
    """The entries of an inverse on the pattern of the factor; all in the order of elimination."""

    factor: Factor
    diagonal: Floats
    entries: Floats

    def quadratic_forms(self, columns: Matrix) -> Floats:
        """Return v' Z v for every column v; its entries must lie on the pattern of the matrix."""
        from oreline.balance._factor_kernels import quadratic_forms

        factor = self.factor
        scaled = sp.csc_array(sp.diags_array(factor.scale) @ columns)
        rows = factor.order.new_of_old[scaled.indices]
        found = np.zeros(columns.shape[1])
        starts = scaled.indptr.astype(np.int64)
        outside = quadratic_forms(
            starts, rows, scaled.data, factor.start, factor.row, self.diagonal, self.entries, found
        )
        assert outside < 0, f"column {outside} is not on the pattern"
        return found

    def trace_with(self, matrix: Matrix) -> float:
        """Return the trace of the inverse times a symmetric matrix on the same pattern."""
        factor = self.factor
        scale = sp.diags_array(factor.scale)
        given = sp.coo_array(scale @ matrix @ scale)
        row, column = (factor.order.new_of_old[index] for index in given.coords)
        low, high = np.minimum(row, column), np.maximum(row, column)
        on = low == high
        total = float(given.data[on] @ self.diagonal[low[on]])
        # Sorted by column and row, the entries of the factor are found by their number.
        n = self.diagonal.size
        column_of = np.repeat(np.arange(n), np.diff(factor.start))
        key = column_of * n + factor.row
        wanted = (low * n + high)[~on]
        at = np.searchsorted(key, wanted)
        assert np.array_equal(key[at], wanted), "the matrix is not on the pattern"
        return total + float(given.data[~on] @ self.entries[at])


@dataclass(frozen=True, slots=True)
class Factor:
    """The factor L D L' of a matrix that was scaled to a diagonal of ones and put in order."""

    order: Order
    scale: Floats
    start: Ints
    row: Ints
    value: Floats
    d: Floats

    def solve(self, right: Floats) -> Floats:
        """Solve for one right side, or several as columns."""
        from oreline.balance._factor_kernels import solve

        sides = right if right.ndim == 2 else right[:, None]
        x = np.ascontiguousarray((sides * self.scale[:, None])[self.order.old_of_new])
        solve(self.start, self.row, self.value, self.d, x)
        found = x[self.order.new_of_old] * self.scale[:, None]
        return np.reshape(found, right.shape)

    def inverse(self) -> Inverse:
        """Return the inverse on the pattern of the factor."""
        from oreline.balance._factor_kernels import invert_on_pattern

        n = self.d.size
        diagonal, entries = np.zeros(n), np.zeros_like(self.value)
        place, total = np.empty(n, np.int64), np.empty(n)
        invert_on_pattern(self.start, self.row, self.value, self.d, diagonal, entries, place, total)
        return Inverse(self, diagonal, entries)


def order_of(pattern: Matrix) -> Order:
    """Find an order of elimination for every matrix of a pattern: minimum degree."""
    n = pattern.shape[0]
    if n < 3:
        same = np.arange(n)
        return Order(same, same)
    ones = sp.csc_array((np.ones(pattern.nnz), pattern.indices, pattern.indptr), pattern.shape)
    dominant = sp.csc_matrix(ones + sp.diags_array(np.full(n, 2.0 * n)))
    found = splu(
        dominant,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    new_of_old = found.perm_c.astype(np.int64)
    old_of_new = np.empty(n, np.int64)
    old_of_new[new_of_old] = np.arange(n)
    return Order(old_of_new, new_of_old)


def factored(matrix: Matrix, order: Order | None = None, ridge: float = 0.0) -> Factor | None:
    """Factor a symmetric matrix; None where it is not positive definite.

    Parameters
    ----------
    ridge
        Added to the diagonal after it was scaled to ones.
    """
    from oreline.balance._factor_kernels import count_columns, factor

    n = matrix.shape[0]
    diagonal = matrix.diagonal()
    if n and not (np.isfinite(diagonal).all() and diagonal.min() > 0):
        return None
    order = order_of(matrix) if order is None else order
    scale = 1.0 / np.sqrt(diagonal)
    shaped = sp.diags_array(scale) @ matrix @ sp.diags_array(scale)
    shaped = sp.csc_array(shaped + ridge * sp.eye_array(n))
    upper = _upper(shaped, order)
    start, row = upper.indptr.astype(np.int64), upper.indices.astype(np.int64)
    parent, seen, count = (np.empty(n, np.int64) for _ in range(3))
    count_columns(start, row, parent, seen, count)
    l_start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    l_row, l_value = np.empty(l_start[-1], np.int64), np.empty(l_start[-1])
    d, y = np.empty(n), np.empty(n)
    filled, stack, path = (np.empty(n, np.int64) for _ in range(3))
    bad = factor(
        start, row, upper.data, parent, l_start, l_row, l_value, d, filled, seen, stack, path, y
    )
    return None if bad >= 0 else Factor(order, scale, l_start, l_row, l_value, d)


def _upper(matrix: Matrix, order: Order) -> Matrix:
    """Return the upper triangle of a matrix in the order of elimination."""
    given = sp.coo_array(matrix)
    row, column = (order.new_of_old[index] for index in given.coords)
    keep = row <= column
    upper = sp.csc_array((given.data[keep], (row[keep], column[keep])), matrix.shape)
    upper.sort_indices()
    return upper
