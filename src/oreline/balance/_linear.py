"""Reconciliation of plain numbers under linear equations, for those who have the matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from oreline.model import InputError

if TYPE_CHECKING:
    import scipy.sparse as sp

_DEPENDENT = 1e-12
"""What is left of an equation, of its size, when those before it are taken out of it."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinearReconciliation:
    """What :func:`reconcile_linear` found.

    Attributes
    ----------
    x, u
        Reconciled values and their standard uncertainties.
    residual
        A y - b: the imbalances as measured.
    statistic
        The test statistic of each measurement, 0 where it cannot be tested.
    chi2, freedom, critical, is_gross
        The global test at the confidence asked for. Where it fails, ``x`` is arithmetic and not an
        answer: the error of one measurement is spread over all.
    """

    x: Floats
    u: Floats
    residual: Floats
    statistic: Floats
    chi2: float
    freedom: int
    critical: float
    is_gross: bool


def reconcile_linear(
    a: Any, y: Any, v: Any, b: Any | None = None, *, confidence: float = 0.95
) -> LinearReconciliation:
    """Return the values nearest to y, weighted by the inverse of V, with A x = b.

    x = y - V A' (A V A')^-1 (A y - b), cov x = V - V A' (A V A')^-1 A V (Kuehn and Davidson 1961).

    Parameters
    ----------
    a
        The equations, dense or sparse, [equations, numbers]; they must be independent.
    v
        Standard deviations [numbers], or a full covariance matrix, dense or sparse.
    b
        The right sides, by default 0.

    Raises
    ------
    InputError
        If sizes do not fit, a number is not finite, or the equations are not independent.

    Examples
    --------
    >>> found = reconcile_linear([[1, -1, -1]], [100.0, 40.0, 57.0], [2.0, 1.0, 2.0])
    >>> [round(float(value), 3) for value in found.x], round(found.chi2, 3)
    ([98.667, 40.333, 58.333], 1.0)
    """
    import scipy.sparse as sp
    from scipy.special import chdtri

    from oreline.balance._factor import factored

    equations = sp.csc_array(_matrix(a, "A"))
    measured = np.asarray(y, np.float64)
    covariance = sp.csc_array(_covariance(v))
    right = np.zeros(equations.shape[0]) if b is None else np.asarray(b, np.float64)
    _check(equations, measured, covariance, right)
    reached = sp.csc_array(equations @ covariance)
    # The pattern of A V may reach further than that of A: all that the inverse is asked for.
    shape = abs(reached.sign()) + abs(equations.sign())
    square = sp.csc_array(reached @ equations.T)
    is_uncertain = square.diagonal().min(initial=1.0) > 0
    factor = factored(sp.csc_array(square + 1e-200 * (shape @ shape.T)))
    if factor is None or not is_uncertain or factor.d.min(initial=1.0) < _DEPENDENT:
        raise InputError("the equations are not independent, or one has no uncertain number")
    residual = equations @ measured - right
    pull = factor.solve(residual)
    x = measured - reached.T @ pull
    inverse = factor.inverse()
    before = covariance.diagonal()
    after = np.maximum(before - inverse.quadratic_forms(reached), 0.0)
    expected = inverse.quadratic_forms(equations)
    force = np.abs(equations.T @ pull)
    statistic = np.where(expected > 0, force / np.sqrt(np.where(expected > 0, expected, 1.0)), 0.0)
    chi2, freedom = float(residual @ pull), equations.shape[0]
    critical = float(chdtri(freedom, 1 - confidence))
    return LinearReconciliation(
        x, np.sqrt(after), residual, statistic, chi2, freedom, critical, chi2 > critical
    )


def _matrix(value: Any, name: str) -> sp.csc_array:
    import scipy.sparse as sp

    given: Any = value if sp.issparse(value) else np.atleast_2d(np.asarray(value, np.float64))
    found = sp.csc_array(given)
    if not np.isfinite(found.data).all():
        raise InputError(f"{name} has a number that is not finite")
    return found


def _covariance(v: Any) -> sp.csc_array:
    import scipy.sparse as sp

    if not sp.issparse(v):
        v = np.asarray(v, np.float64)
        if v.ndim == 1:
            return sp.csc_array(sp.diags_array(v**2))
    return _matrix(v, "V")


def _check(equations: sp.csc_array, y: Floats, covariance: sp.csc_array, right: Floats) -> None:
    n_rows, n = equations.shape
    if y.shape != (n,) or covariance.shape != (n, n) or right.shape != (n_rows,):
        message = (
            f"the sizes do not fit: A {equations.shape}, y {y.shape}, V {covariance.shape}, "
            f"b {right.shape}"
        )
        raise InputError(message)
    if not (np.isfinite(y).all() and np.isfinite(right).all()):
        raise InputError("y or b has a number that is not finite")
    apart = abs(covariance - covariance.T).max() if n else 0.0
    if covariance.diagonal().min(initial=0.0) < 0 or apart > 1e-9 * covariance.diagonal().max():
        raise InputError(
            "V is no covariance matrix: it is not symmetric, or a variance is negative"
        )
