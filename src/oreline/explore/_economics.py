"""What a tonne of rock is worth once it is dug, and the grade from which it pays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.model import Basis, InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pays:
    """What one element or oxide in the ore brings.

    Money is in the currency of the economics, per tonne of the element in the product.
    ``recovery_pct`` is from the mill's feed to the product that is sold, ``payable_pct`` what the
    buyer pays of it.
    """

    analyte: str
    price_per_t: float
    recovery_pct: float
    payable_pct: float
    selling_per_t: float = 0.0

    def __post_init__(self) -> None:
        _see_numbers(self.analyte, price=self.price_per_t, selling=self.selling_per_t)
        for name, percent in (("recovery", self.recovery_pct), ("payable", self.payable_pct)):
            if not 0 <= percent <= 100:
                raise InputError(f"{self.analyte}: {name} {percent} %; write 0 to 100")

    @property
    def net_per_t(self) -> float:
        """Return what a tonne of the element in the mill's feed brings."""
        received = self.price_per_t * self.payable_pct / 100 - self.selling_per_t
        return received * self.recovery_pct / 100


@dataclass(frozen=True, slots=True)
class Economics:
    """Costs and prices by which rock is told to be ore or waste.

    Costs are in ``currency`` per tonne: mining for each tonne of rock, processing and overhead for
    each tonne that the mill takes. ``dilution_pct`` is waste taken with the ore, in per cent of
    the ore's tonnes, at the grades ``dilution_grade_pct`` (0 where an analyte is not named, which
    is the cautious reading); ``mining_recovery_pct`` is the part of the diluted ore that reaches
    the mill.
    """

    currency: str
    pays: tuple[Pays, ...]
    mining_per_t: float
    processing_per_t: float
    overhead_per_t: float
    dilution_pct: float
    mining_recovery_pct: float
    basis: Basis
    source: str
    dilution_grade_pct: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        _see_numbers(
            "costs",
            mining=self.mining_per_t,
            processing=self.processing_per_t,
            overhead=self.overhead_per_t,
            dilution=self.dilution_pct,
        )
        if not 0 < self.mining_recovery_pct <= 100:
            raise InputError(f"mining recovery {self.mining_recovery_pct} %; write above 0, to 100")
        names = [pays.analyte for pays in self.pays]
        if not names or len(set(names)) != len(names):
            raise InputError("name each element that is paid once, and at least one")


def _see_numbers(what: str, **numbers: float) -> None:
    for name, number in numbers.items():
        if not math.isfinite(number) or number < 0:
            raise InputError(f"{what}: {name} {number}; write a number that is not below zero")


def net_return_per_t(
    economics: Economics, analytes: Sequence[str], grades_pct: Floats, factor: float = 1.0
) -> Floats:
    """Return what a tonne in the mill's feed brings, (n,), from grades (n, k) in per cent.

    Payable metal less the cost of selling it, times recovery, summed over what is paid. ``factor``
    multiplies prices, not costs: nested pits come from it. A tonne with an unknown grade (NaN)
    brings NaN.

    Raises
    ------
    InputError
        If something is paid that has no grade.

    Examples
    --------
    >>> copper = Pays("Cu", 9000, 90, 96, 600)
    >>> costs = Economics("USD", (copper,), 2.5, 12, 3, 0, 100, Basis.ASSUMED, "example")
    >>> net_return_per_t(costs, ("Cu",), np.array([[1.0]])).round(2).tolist()
    [72.36]
    """
    total = np.zeros(len(grades_pct))
    for pays in economics.pays:
        if pays.analyte not in analytes:
            raise InputError(
                f"{pays.analyte} is paid, but the model has no grade of it, only "
                f"{', '.join(analytes)}"
            )
        priced = Pays(
            pays.analyte,
            pays.price_per_t * factor,
            pays.recovery_pct,
            pays.payable_pct,
            pays.selling_per_t,
        )
        total += grades_pct[:, list(analytes).index(pays.analyte)] / 100 * priced.net_per_t
    return total


@dataclass(frozen=True, slots=True)
class CutOff:
    """Grades of one paid analyte, in per cent of the ground, from which a tonne pays.

    ``break_even_pct`` pays for digging too; ``mill_pct`` is for rock that is dug anyway. Both are
    grades before dilution and count this analyte alone.
    """

    analyte: str
    break_even_pct: float
    mill_pct: float


def cut_offs(economics: Economics) -> tuple[CutOff, ...]:
    """Return the cut-off grades of what is paid: costs over price, payable and recovery.

    A tonne of ground at grade g gives ``(1 + d) r`` tonnes at the mill at ``(g + d g_d)/(1 + d)``,
    with dilution d and mining recovery r; so ``g = ((1 + d) c + m / r) / v - d g_d``, where c is
    processing and overhead, m mining (0 for the mill's cut-off) and v what a tonne brings.

    Raises
    ------
    InputError
        If selling costs what the product brings: no grade pays.
    """
    found = []
    dilution = economics.dilution_pct / 100
    recovered = economics.mining_recovery_pct / 100
    milled = (1 + dilution) * (economics.processing_per_t + economics.overhead_per_t)
    for pays in economics.pays:
        if pays.net_per_t <= 0:
            raise InputError(
                f"{pays.analyte}: selling costs as much as it brings; no grade of it pays"
            )
        carried = dilution * (economics.dilution_grade_pct or {}).get(pays.analyte, 0.0)
        dug = milled + economics.mining_per_t / recovered
        found.append(
            CutOff(
                pays.analyte,
                max(0.0, dug / pays.net_per_t * 100 - carried),
                max(0.0, milled / pays.net_per_t * 100 - carried),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class MillFeed:
    """What each block gives the mill if it is sent there: tonnes (n,) and grades (n, k)."""

    tonnes: Floats
    grades_pct: Floats


def mill_feed(
    economics: Economics, analytes: Sequence[str], grades_pct: Floats, tonnes: Floats
) -> MillFeed:
    """Return tonnes and grades at the mill after dilution and mining recovery.

    >>> copper = Pays("Cu", 9000, 90, 96)
    >>> costs = Economics("USD", (copper,), 2.5, 12, 3, 25, 80, Basis.ASSUMED, "example")
    >>> fed = mill_feed(costs, ("Cu",), np.array([[1.0]]), np.array([100.0]))
    >>> fed.tonnes.tolist(), fed.grades_pct.tolist()
    ([100.0], [[0.8]])
    """
    dilution = economics.dilution_pct / 100
    named = economics.dilution_grade_pct or {}
    waste = np.array([named.get(name, 0.0) for name in analytes])
    grades = (grades_pct + dilution * waste) / (1 + dilution)
    return MillFeed(tonnes * (1 + dilution) * economics.mining_recovery_pct / 100, grades)


@dataclass(frozen=True, slots=True)
class BlockValues:
    """Of each block (n,): what it is worth, and whether it is ore once it is dug.

    ``value`` holds the cost of digging; ``is_ore`` says that the mill earns by taking it.
    """

    value: Floats
    is_ore: NDArray[np.bool_]


def block_values(
    economics: Economics,
    analytes: Sequence[str],
    grades_pct: Floats,
    tonnes: Floats,
    *,
    counted: NDArray[np.bool_] | None = None,
    factor: float = 1.0,
) -> BlockValues:
    """Return the value of digging each block, as ore or as waste, whichever is better.

    A block without a grade is waste, and so is one that is not ``counted``, such as one whose
    screening class is left out. Rock that is air has no tonnes, and no value.
    """
    known: NDArray[np.bool_] = np.asarray(np.isfinite(grades_pct).all(axis=1))
    if counted is not None:
        known = known & counted
    fed = mill_feed(economics, analytes, np.where(known[:, None], grades_pct, 0.0), tonnes)
    costs = economics.processing_per_t + economics.overhead_per_t
    net = net_return_per_t(economics, analytes, fed.grades_pct, factor) - costs
    earned: Floats = np.asarray(fed.tonnes * net)
    is_ore = known & (earned > 0)
    return BlockValues(np.where(is_ore, earned, 0.0) - economics.mining_per_t * tonnes, is_ore)
