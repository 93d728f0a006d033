"""A plan as a mixed-integer programme in linopy: what holds the model, and its labelled axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from oreline.plan._problem import Problem
from oreline.plan._sets import Array, Sets

if TYPE_CHECKING:
    import linopy
    import xarray


@dataclass(frozen=True, slots=True)
class Axis:
    """Makes labelled arrays: axes by name, labels are places."""

    years: tuple[int, ...]

    def array(self, values: Any, *dims: str) -> xarray.DataArray:
        """Return values on named axes."""
        import xarray

        plain = np.asarray(values)
        coords = {dim: np.arange(plain.shape[at]) for at, dim in enumerate(dims)}
        return xarray.DataArray(plain, dims=dims, coords=coords)


@dataclass(frozen=True, slots=True)
class Term:
    """A yearly term of the cash flow, undiscounted and signed as cash: what one variable brings.

    ``rates`` are millions for each of its items: (item, year); of builds (option, begun, year).
    """

    variable: str
    rates: Array


@dataclass(slots=True)
class PlanModel:
    """The model while it is made; ``terms`` are those of its cash flow by name.

    ``constants`` are what no decision changes, year by year.
    """

    sets: Sets
    model: linopy.Model
    axis: Axis
    terms: dict[str, Term] = field(default_factory=dict)
    constants: dict[str, Array] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        """Return the problem."""
        return self.sets.problem

    def variable(self, name: str) -> linopy.Variable:
        """Return a variable by its name."""
        return self.model.variables[name]

    def has(self, name: str) -> bool:
        """Return whether there is any such variable."""
        return name in self.model.variables

    def labels(self, name: str) -> NDArray[np.int64]:
        """Return the labels of a variable as (item, year): linopy may turn axes that it aligns."""
        labels = self.variable(name).labels
        time = [dim for dim in labels.dims if dim in ("year", "begun")]
        return np.asarray(labels.transpose(..., *time).values)

    def yearly(self, term: Term, *, so_far: bool = False) -> linopy.LinearExpression:
        """Return a term as an expression of each year, or of all years up to each."""
        labels = self.labels(term.variable)
        if so_far and term.rates.ndim < 3:
            # Each year holds those before it: an axis of years that count, one of years so far.
            years = term.rates.shape[-1]
            past = np.triu(np.ones((years, years)))
            spread = np.broadcast_to(term.rates[..., :, None] * past, (*term.rates.shape, years))
            return self._by_year(spread, np.broadcast_to(labels[..., None], spread.shape))
        if so_far:
            return self._by_year(
                term.rates.cumsum(axis=2), np.broadcast_to(labels[:, :, None], term.rates.shape)
            )
        if term.rates.ndim == 3:
            labels = np.broadcast_to(labels[:, :, None], term.rates.shape)
        return self._by_year(term.rates, labels)

    def _by_year(self, rates: Array, labels: NDArray[np.int64]) -> linopy.LinearExpression:
        years = rates.shape[-1]
        return self.expression(rates.reshape(-1, years).T, labels.reshape(-1, years).T, "year")

    def total(self, weights: Mapping[str, Array]) -> linopy.LinearExpression:
        """Return one sum over variables, each item by its weight."""
        rates = [weight.ravel() for weight in weights.values()]
        labels = [self.labels(name).ravel() for name in weights]
        return self.expression(np.concatenate(rates), np.concatenate(labels))

    def expression(self, rates: Array, labels: Any, *dims: str) -> linopy.LinearExpression:
        """Return sums of variables by their labels along the last axis; -1 is no variable.

        linopy's own sums over groups do the same; here nothing is copied on the way, which counts
        where a model has a hundred thousand rows.
        """
        import linopy
        import xarray

        axes = (*dims, "_term")
        labels = np.where(rates == 0.0, -1, labels)
        data = xarray.Dataset(
            {
                "coeffs": (axes, np.where(labels < 0, np.nan, rates)),
                "vars": (axes, labels),
                "const": (dims, np.zeros(rates.shape[:-1])),
            },
            coords={dim: np.arange(size) for dim, size in zip(dims, rates.shape, strict=False)},
        )
        return linopy.LinearExpression(data, self.model)

    def group(self, places: Any, dim: str, name: str) -> xarray.DataArray:
        """Return the group of each item of an axis, for sums over groups."""
        return self.axis.array(np.asarray(places, np.int64), dim).rename(name)
