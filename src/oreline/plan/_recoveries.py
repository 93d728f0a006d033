"""Rates that follow from grades: recoveries, what is left over, tonnes behind contained metal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from oreline.design import Parameter
from oreline.model import Basis
from oreline.plan._problem import Material, Resource

_SOURCE: Final = "from grades and recoveries of the plan"


def tonnage_of(amount: Parameter, grade: Parameter | None) -> Parameter:
    """Return the tonnage that holds an amount of an element at a grade.

    It carries the range of the amount; that of the grade is its own.
    """
    value = 0.0 if grade is None else grade.value
    if value <= 0:
        return Parameter(0.0, "kt", Basis.DERIVED, _SOURCE)
    low, high = (None if end is None else end / value for end in (amount.low, amount.high))
    return Parameter(amount.value / value, "kt", amount.basis, amount.source, low, high)


def with_recovered(
    rates: Mapping[str, Parameter],
    recoveries: Sequence[tuple[str, str, Parameter]],
    rest: str,
    materials: Mapping[str, Material],
    drawn: Resource | None,
) -> tuple[dict[str, Parameter], list[str]]:
    """Return rates with those of recoveries and of the rest, and what is wrong with them.

    An output takes (element in) x recovery / (its grade), per tonne of throughput; the rest takes
    the mass that is left.
    """
    made = dict(rates)
    wrong = []
    mass_in, _ = entering("", rates, materials, drawn)
    for material, element, recovery in recoveries:
        _, enters = entering(element, rates, materials, drawn)
        known = materials.get(material)
        grade = 0.0 if known is None else _grade(known.grades, element)
        if not 0 <= recovery.value <= 1:
            wrong.append(f"{recovery.value:.4g} of {element} cannot be recovered")
        if material in rates:
            wrong.append(f"{material} has both a rate and a recovery")
        if grade <= 0:
            wrong.append(f"{material} holds no {element}, of which a recovery is stated")
            continue
        rate = enters * recovery.value / grade
        made[material] = Parameter(rate, "1", Basis.DERIVED, _SOURCE)
    if rest:
        left = mass_in - sum(one.value for name, one in made.items() if one.value > 0)
        if rest in made or left < 0:
            wrong.append(f"{left:.4g} t of a tonne treated is left for {rest}")
        made[rest] = Parameter(max(left, 0.0), "1", Basis.DERIVED, _SOURCE)
    return made, wrong


def entering(
    element: str,
    rates: Mapping[str, Parameter],
    materials: Mapping[str, Material],
    drawn: Resource | None,
) -> tuple[float, float]:
    """Return the mass that goes in for a tonne of throughput, and what it holds of an element."""
    mass = 0.0 if drawn is None else 1.0
    held = 0.0 if drawn is None else _grade(drawn.grades, element)
    for name, rate in rates.items():
        if rate.value < 0:
            mass -= rate.value
            held -= rate.value * _grade(materials[name].grades, element) if name in materials else 0
    return mass, held


def _grade(grades: Mapping[str, Parameter], element: str) -> float:
    found = grades.get(element)
    return 0.0 if found is None else found.value
