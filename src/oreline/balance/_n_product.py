"""Yields of several products of one feed, from the grades of several elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.balance._gum import (
    Estimate,
    check_grades,
    number_text,
    same_unit,
    weakest_basis,
)
from oreline.model import Basis, Finding, InputError, LimitExceededError, Severity

Floats = npt.NDArray[np.float64]

ROUNDS_MAX = 200
"""How often weights are worked out anew before it counts as not converging."""
CONVERGED = 1e-12
MAX_GRADES = 1000
"""How many grades one calculation takes: each is varied in turn."""
SURE = 0.95
ODD_RESIDUAL = 1.96
_STEP = 1e-4
"""Of a standard uncertainty: the step by which derivatives are taken."""


@dataclass(frozen=True, slots=True)
class ProductYield:
    """One product: its share of the mass of the feed, and of each element's metal."""

    name: str
    mass_yield: Estimate
    recoveries: Mapping[str, Estimate | None]


@dataclass(frozen=True, slots=True)
class ElementResidual:
    """How far an element is from closing: feed less products, in its unit and its own u."""

    element: str
    residual: float
    u: float
    unit: str

    @property
    def standardized(self) -> float:
        """Return the residual in standard uncertainties."""
        return self.residual / self.u


@dataclass(frozen=True, slots=True)
class ProductYields:
    """Yields and recoveries as fractions of one, never clipped.

    ``chi2`` is the weighted sum of squared residuals with ``freedom`` degrees of freedom, ``limit``
    its 95 % limit; both None where the grades are just enough and nothing is left to test.
    """

    products: tuple[ProductYield, ...]
    residuals: tuple[ElementResidual, ...]
    freedom: int
    chi2: float | None
    limit: float | None
    rounds: int
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as decimal text."""
        return {
            "products": [
                {
                    "name": product.name,
                    "yield": product.mass_yield.to_json(),
                    "recoveries": {
                        element: None if item is None else item.to_json()
                        for element, item in product.recoveries.items()
                    },
                }
                for product in self.products
            ],
            "residuals": [
                {
                    "element": item.element,
                    "residual": number_text(item.residual),
                    "u": number_text(item.u),
                    "unit": item.unit,
                    "standardized": number_text(item.standardized),
                }
                for item in self.residuals
            ],
            "degrees_of_freedom": self.freedom,
            "chi2": number_text(self.chi2),
            "chi2_limit95": number_text(self.limit),
            "rounds": self.rounds,
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a product; recoveries in columns by element."""
        columns: dict[str, list[Any]] = {
            "product": [product.name for product in self.products],
            "yield": [product.mass_yield.value for product in self.products],
            "yield_u": [product.mass_yield.u for product in self.products],
        }
        for element in self.products[0].recoveries:
            items = [product.recoveries[element] for product in self.products]
            columns[f"{element}_recovery"] = [item and item.value for item in items]
            columns[f"{element}_recovery_u"] = [item and item.u for item in items]
        return pl.DataFrame(columns)


def product_yields(
    feed: Mapping[str, Estimate], products: Mapping[str, Mapping[str, Estimate]]
) -> ProductYields:
    """Return the yield of each product that fits the grades of all elements best.

    Minimises sum_k w_k (f_k - sum_j s_j x_kj)² with sum_j s_j = 1. The weight of an element is one
    over the variance of its residual, u_f² + sum_j s_j² u_xj², worked out anew from the yields
    until they stay. Recovery is s_j x_kj / sum_i s_i x_ki, so that recoveries add up to one.
    Uncertainty is of first order in every grade, from the derivatives of the whole calculation;
    grades count as independent.

    Parameters
    ----------
    feed
        Grade of the feed by element.
    products
        Grades by product and element; at least two products.

    Raises
    ------
    InputError
        If there are fewer elements than products less one, a grade or an uncertainty is missing
        (all are listed), or the elements do not tell the products apart.
    UnitError
        If an element's grades are in different units.
    LimitExceededError
        If there are more than ``MAX_GRADES`` grades.

    Source: weighted least squares as in the n-product formula of the metallurgists' wiki
    (wiki.metdynamics.com.au) and Wills and Finch, chapter 3; n = 2 with one element is the
    two-product formula.

    >>> grade = lambda value: Estimate(value, 0.05 * value, "%")
    >>> found = product_yields(
    ...     {"Pb": grade(2.0)}, {"concentrate": {"Pb": grade(20.0)}, "tailings": {"Pb": grade(0.5)}}
    ... )
    >>> round(found.products[0].recoveries["Pb"].u, 7)
    0.0174754
    """
    elements, names = list(feed), list(products)
    _check(feed, products)
    values = np.array(
        [[feed[k].value, *(products[name][k].value for name in names)] for k in elements]
    )
    us = np.array([[feed[k].u, *(products[name][k].u for name in names)] for k in elements])
    yields, rounds = _solve(values, us)
    slopes = _slopes(values, us, elements)
    u_all = np.sqrt(((slopes * us.ravel()) ** 2).sum(axis=1))
    inputs = [*feed.values(), *(item for row in products.values() for item in row.values())]
    made = _made(elements, names, values, yields, u_all, weakest_basis(inputs))
    residual = values[:, 0] - values[:, 1:] @ yields
    spread = np.sqrt(_variances(us, yields))
    residuals = tuple(
        ElementResidual(k, float(residual[row]), float(spread[row]), feed[k].unit)
        for row, k in enumerate(elements)
    )
    freedom = len(elements) - (len(names) - 1)
    total, limit = None, None
    if freedom:
        from scipy.stats import chi2

        total, limit = float(((residual / spread) ** 2).sum()), float(chi2.ppf(SURE, freedom))
    findings = _findings(made, residuals, total, limit)
    return ProductYields(made, residuals, freedom, total, limit, rounds, findings)


def _made(
    elements: Sequence[str],
    names: Sequence[str],
    values: Floats,
    yields: Floats,
    u_all: Floats,
    basis: Basis,
) -> tuple[ProductYield, ...]:
    n = len(names)
    recoveries = _recoveries(values, yields)
    return tuple(
        ProductYield(
            name,
            _fraction(yields[j], u_all[j], basis),
            {
                k: None
                if np.isnan(recoveries[row, j])
                else _fraction(recoveries[row, j], u_all[n + row * n + j], basis)
                for row, k in enumerate(elements)
            },
        )
        for j, name in enumerate(names)
    )


def _check(feed: Mapping[str, Estimate], products: Mapping[str, Mapping[str, Estimate]]) -> None:
    if len(products) < 2:
        raise InputError("a feed is split into two products or more")
    if len(feed) * (len(products) + 1) > MAX_GRADES:
        message = f"{len(feed)} elements in {len(products)} products are more than MAX_GRADES = "
        raise LimitExceededError(f"{message}{MAX_GRADES} grades")
    if len(feed) < len(products) - 1:
        message = (
            f"{len(products)} products need the grades of {len(products) - 1} elements; "
            f"{len(feed)} are given"
        )
        raise InputError(message)
    wrong = []
    for name, grades in (("feed", feed), *products.items()):
        for element in feed:
            grade = grades.get(element)
            if grade is None:
                wrong.append(_lacks(f"{name}, {element}", "the grade is missing"))
            elif not grade.u:
                wrong.append(_lacks(f"{name}, {element}", "the grade has no uncertainty"))
        more = [element for element in grades if element not in feed]
        wrong += [_lacks(f"feed, {element}", "the grade is missing") for element in more]
    if wrong:
        raise InputError(f"{len(wrong)} grades cannot be used", wrong)
    for element in feed:
        grades_of = [feed[element], *(row[element] for row in products.values())]
        same_unit(grades_of, f"the grades of {element} are")
        check_grades(grades_of)


def _lacks(where: str, message: str) -> Finding:
    fix = "write it with its standard uncertainty, above zero: it decides the weight"
    return Finding("ORL-0551", Severity.FATAL, where, message, fix)


def _fraction(value: float, u: float, basis: Basis) -> Estimate:
    return Estimate(float(value), float(u), "fraction", basis, "n-product formula")


def _variances(us: Floats, yields: Floats) -> Floats:
    """Return the variance of each element's residual at these yields."""
    found: Floats = us[:, 0] ** 2 + (us[:, 1:] ** 2) @ (yields**2)
    return found


def _solve(values: Floats, us: Floats) -> tuple[Floats, int]:
    """Return the yields, and how many rounds it took until they stayed."""
    n = values.shape[1] - 1
    yields = np.full(n, 1 / n)
    # The last yield is one less the others, which leaves a plain least-squares problem.
    design = values[:, 1:-1] - values[:, -1:]
    wanted = values[:, 0] - values[:, -1]
    for turn in range(1, ROUNDS_MAX + 1):
        weight = 1 / np.sqrt(_variances(us, yields))
        scaled = design * weight[:, None]
        if (
            np.linalg.matrix_rank(scaled, tol=1e-10 * np.abs(values * weight[:, None]).max())
            < n - 1
        ):
            raise InputError("the grades do not tell the products apart: several yields fit alike")
        first = np.linalg.lstsq(scaled, wanted * weight, rcond=None)[0]
        found = np.append(first, 1 - first.sum())
        moved = float(np.abs(found - yields).max())
        yields = found
        if moved <= CONVERGED:
            return yields, turn
    raise InputError(f"the yields do not settle within {ROUNDS_MAX} rounds: check the grades")


def _recoveries(values: Floats, yields: Floats) -> Floats:
    """Return recoveries by element and product; NaN where the products hold none of it."""
    metal = values[:, 1:] * yields
    total = metal.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(total != 0, metal / total, np.nan)
    return found


def _slopes(values: Floats, us: Floats, elements: Sequence[str]) -> Floats:
    """Return derivatives of all yields and recoveries by all grades, by central differences."""

    def everything(moved: Floats) -> Floats:
        yields, _ = _solve(moved, us)
        return np.concatenate([yields, np.nan_to_num(_recoveries(moved, yields)).ravel()])

    columns = []
    for row in range(len(elements)):
        for column in range(values.shape[1]):
            step = _STEP * us[row, column]
            up, down = values.copy(), values.copy()
            up[row, column] += step
            down[row, column] -= step
            columns.append((everything(up) - everything(down)) / (2 * step))
    return np.stack(columns, axis=1)


def _findings(
    products: Sequence[ProductYield],
    residuals: Sequence[ElementResidual],
    total: float | None,
    limit: float | None,
) -> tuple[Finding, ...]:
    found = [
        Finding(
            "ORL-0541",
            Severity.WARNING,
            product.name,
            f"its yield is {product.mass_yield.value:.4g}, which no product has",
            "look for a wrong or exchanged assay, or a stock that changed in the plant",
        )
        for product in products
        if not 0 <= product.mass_yield.value <= 1
    ]
    if total is not None and limit is not None and total > limit:
        worst = max(residuals, key=lambda item: abs(item.standardized))
        found.append(
            Finding(
                "ORL-0552",
                Severity.WARNING,
                worst.element,
                f"the grades contradict each other: chi-square {total:.4g} is above {limit:.4g}, "
                f"and {worst.element} is {abs(worst.standardized):.2g} uncertainties from closing",
                "check the assays of this element, and whether the uncertainties are real",
            )
        )
    return tuple(found)
