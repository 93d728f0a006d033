"""How much of the metal is still there: factors from the reserve to what is paid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from oreline.balance._gum import EXPANDED, Estimate, weakest_basis
from oreline.model import Finding, InputError, Severity, UnitError

STAGES = ("reserve", "grade control", "mill", "product", "shipped", "received", "payable")
"""The stages of a chain as the mining industry counts them; others may stand between them."""
NAMED = (
    ("F1", "reserve", "grade control"),
    ("F2", "grade control", "mill"),
    ("F3", "reserve", "mill"),
    ("F4", "mill", "product"),
)
"""F1 to F3 as H. M. Parker has them, Reconciliation principles for the mining industry (2012):
F1 is grade control for reserve, F2 received at the mill for grade control, F3 = F1 F2. What F4 is
differs between companies; here it is metal in the product for metal received at the mill."""
CONSERVED_FROM = "mill"
"""From this stage on metal is measured, not estimated: there cannot be more of it later."""
_PARTS = {"%": 100.0, "g/t": 1e6, "ppm": 1e6, "fraction": 1.0, "kg/t": 1e3}


@dataclass(frozen=True, slots=True)
class ChainStage:
    """What one stage has: mass and grade, metal, or all of them; ``metal`` is in tonnes.

    ``returned`` is metal that goes back to an earlier stage, such as swarf of magnets: it is not
    lost, and what follows is compared with what went on.
    """

    name: str
    tonnes: Estimate | None = None
    grade: Estimate | None = None
    metal: Estimate | None = None
    returned: Estimate | None = None

    def __post_init__(self) -> None:
        for item in (self.tonnes, self.metal, self.returned):
            if item is not None and item.unit != "t":
                raise UnitError(f"masses of {self.name} are in tonnes here, not {item.unit!r}")
        if self.grade is not None and self.grade.unit not in _PARTS:
            raise UnitError(f"{self.grade.unit!r} is no unit of a grade; write %, g/t or ppm")
        if self.metal is None and (self.tonnes is None or self.grade is None):
            raise InputError(f"{self.name} needs its metal, or its tonnes and its grade")

    @property
    def contained(self) -> Estimate:
        """Return the metal: as measured, else tonnes times grade."""
        if self.metal is not None:
            return self.metal
        assert self.tonnes is not None
        assert self.grade is not None
        value = self.tonnes.value * self.grade.value / _PARTS[self.grade.unit]
        u = _relative_u(value, (self.tonnes, self.grade))
        return Estimate(value, u, "t", weakest_basis((self.tonnes, self.grade)), "mass x grade")

    @property
    def gone_on(self) -> Estimate:
        """Return the metal without what is returned."""
        if self.returned is None:
            return self.contained
        left, right = self.contained, self.returned
        u = None if left.u is None or right.u is None else math.hypot(left.u, right.u)
        basis = weakest_basis((left, right))
        return Estimate(left.value - right.value, u, "t", basis, "less what is returned")


@dataclass(frozen=True, slots=True)
class ChainFactor:
    """What a later stage has for what an earlier one had; fractions of one, None if not known.

    ``differs`` says whether the metal factor is further from one than its expanded uncertainty.
    """

    name: str
    earlier: str
    later: str
    tonnes: Estimate | None
    grade: Estimate | None
    metal: Estimate | None

    @property
    def differs(self) -> bool | None:
        """Return whether it is surely not one; None where an uncertainty is not known."""
        if self.metal is None or self.metal.expanded is None:
            return None
        return abs(self.metal.value - 1) > self.metal.expanded

    def to_json(self) -> dict[str, Any]:
        """Return the factor as decimal text."""
        parts = {name: getattr(self, name) for name in ("tonnes", "grade", "metal")}
        return {
            "name": self.name,
            "earlier": self.earlier,
            "later": self.later,
            **{name: None if item is None else item.to_json() for name, item in parts.items()},
            "differs_from_one": self.differs,
        }


@dataclass(frozen=True, slots=True)
class MetalChain:
    """Factors from stage to stage, those with a name of their own, and that of the whole chain."""

    stages: tuple[ChainStage, ...]
    steps: tuple[ChainFactor, ...]
    named: tuple[ChainFactor, ...]
    whole: ChainFactor
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as decimal text."""
        return {
            "stages": [
                {
                    "name": stage.name,
                    "metal": stage.contained.to_json(),
                    "returned": None if stage.returned is None else stage.returned.to_json(),
                }
                for stage in self.stages
            ],
            "steps": [factor.to_json() for factor in self.steps],
            "named": [factor.to_json() for factor in self.named],
            "whole": self.whole.to_json(),
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a factor."""
        rows = (*self.steps, *self.named, self.whole)
        return pl.DataFrame(
            {
                "factor": [row.name for row in rows],
                "earlier": [row.earlier for row in rows],
                "later": [row.later for row in rows],
                "tonnes": [row.tonnes and row.tonnes.value for row in rows],
                "grade": [row.grade and row.grade.value for row in rows],
                "metal": [row.metal and row.metal.value for row in rows],
                "metal_u": [row.metal and row.metal.u for row in rows],
            },
            schema_overrides=dict.fromkeys(("tonnes", "grade", "metal", "metal_u"), pl.Float64),
        )


def metal_chain(stages: Sequence[ChainStage]) -> MetalChain:
    """Return the factors of a chain of stages, each measured on its own.

    A factor is what the later stage has for what the earlier one had (mine call factor). Its
    uncertainty counts the two as measured independently, so that of the whole chain rests on its
    two ends alone.

    Raises
    ------
    InputError
        If there are fewer than two stages, or one stands twice.

    >>> stages = [
    ...     ChainStage("reserve", metal=Estimate(1000, 50, "t")),
    ...     ChainStage("grade control", metal=Estimate(950, 20, "t")),
    ...     ChainStage("mill", metal=Estimate(930, 10, "t")),
    ... ]
    >>> found = metal_chain(stages)
    >>> [(factor.name, round(factor.metal.value, 4)) for factor in found.named]
    [('F1', 0.95), ('F2', 0.9789), ('F3', 0.93)]
    """
    if len(stages) < 2:
        raise InputError("a chain has at least two stages to compare")
    by_name = {stage.name: stage for stage in stages}
    if len(by_name) < len(stages):
        names = [stage.name for stage in stages]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InputError(f"these stages stand twice: {', '.join(twice)}")
    steps = tuple(
        _factor(f"{left.name} to {right.name}", left, right) for left, right in pairwise(stages)
    )
    named = tuple(
        _factor(name, by_name[earlier], by_name[later])
        for name, earlier, later in NAMED
        if earlier in by_name and later in by_name
    )
    whole = _factor("whole chain", stages[0], stages[-1])
    return MetalChain(tuple(stages), steps, named, whole, _findings(steps))


def _factor(name: str, earlier: ChainStage, later: ChainStage) -> ChainFactor:
    return ChainFactor(
        name,
        earlier.name,
        later.name,
        _ratio(later.tonnes, earlier.tonnes),
        _ratio(later.grade, earlier.grade),
        _ratio(later.contained, earlier.gone_on),
    )


def _ratio(later: Estimate | None, earlier: Estimate | None) -> Estimate | None:
    if later is None or earlier is None or not earlier.value or later.unit != earlier.unit:
        return None
    value = later.value / earlier.value
    us = (later.u, earlier.u)
    u = None
    if us[0] is not None and us[1] is not None:
        u = math.hypot(us[0] / earlier.value, value * us[1] / earlier.value)
    return Estimate(value, u, "fraction", weakest_basis((later, earlier)), "later / earlier")


def _relative_u(value: float, factors: Sequence[Estimate]) -> float | None:
    if any(item.u is None for item in factors):
        return None
    return math.sqrt(
        sum((value / item.value * (item.u or 0.0)) ** 2 for item in factors if item.value)
    )


def _findings(steps: Sequence[ChainFactor]) -> tuple[Finding, ...]:
    found = []
    measured = False
    for step in steps:
        measured = measured or step.earlier == CONSERVED_FROM
        metal = step.metal
        if not measured or metal is None or metal.value <= 1 or step.differs is not True:
            continue
        found.append(
            Finding(
                "ORL-0553",
                Severity.WARNING,
                step.later,
                f"it has {metal.value:.4g} times the metal of {step.earlier}, more than the "
                f"uncertainty of {EXPANDED * (metal.u or 0):.2g} explains",
                "metal is not made: look for a bias, stock that was drawn, a lot counted twice",
            )
        )
    return tuple(found)
