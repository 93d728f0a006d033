"""A plan as a mixed-integer programme in linopy: what holds the model, and its labelled axes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

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


@dataclass(slots=True)
class PlanModel:
    """The model while it is made; ``terms`` are yearly expressions, undiscounted, signed as cash.

    ``goals`` are the undiscounted yearly expressions of metal delivered, by name.
    """

    sets: Sets
    model: linopy.Model
    axis: Axis
    terms: dict[str, linopy.LinearExpression] = field(default_factory=dict)
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

    def group(self, places: Any, dim: str, name: str) -> xarray.DataArray:
        """Return the group of each item of an axis, for sums over groups."""
        return self.axis.array(np.asarray(places, np.int64), dim).rename(name)
