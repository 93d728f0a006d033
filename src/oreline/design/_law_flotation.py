"""Flotation: first-order kinetics, entrainment, product formulas and the grade-recovery line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oreline.design._law_inputs import (
    Floats,
    Numbers,
    above_zero,
    fraction,
    fractions,
    not_negative,
    positive,
    whole_stages,
    zero_or_more,
)
from oreline.model import InputError


def bank_recovery(
    rate_per_min: Numbers, residence_min: Numbers, cells: float, recovery_max: Numbers = 1.0
) -> Floats:
    """Return the recovery of a bank of equal, perfectly mixed cells.

    ``R = Rinf (1 - (1 + k tau / N)^-N)``: first order in the floatable mineral; ``tau`` is the
    residence time of the whole bank. One number or an array of minerals. Holds while froth carries
    what is collected: no carrying-capacity limit is in it.

    Source: the equal-cell form of first-order kinetics, as in Wills' Mineral Processing Technology.

    Raises
    ------
    InputError
        If ``Rinf`` is above 1, which a least-squares fit easily gives, or another number is none.

    Examples
    --------
    >>> bank_recovery([0.61319, 0.04408], 5.31325, 12).round(4).tolist()
    [0.944, 0.207]
    """
    rate = not_negative("the rate constant", rate_per_min)
    tau = not_negative("the residence time", residence_min)
    count = whole_stages("the number of cells", cells)
    ceiling = fractions("the largest recovery Rinf", recovery_max)
    return np.asarray(-ceiling * np.expm1(-count * np.log1p(rate * tau / count)))


def bank_rate_per_min(
    recovery: float, residence_min: float, cells: int, recovery_max: float = 1.0
) -> float:
    """Return the rate constant that gives this recovery: :func:`bank_recovery` solved for ``k``.

    Examples
    --------
    >>> round(bank_rate_per_min(0.944, 5.31325, 12), 4)
    0.6132
    """
    ceiling = fraction("the largest recovery Rinf", recovery_max)
    part = fraction("the recovery", recovery) / ceiling if ceiling > 0 else math.inf
    if part >= 1:
        raise InputError(f"a recovery of {recovery} is not below Rinf {recovery_max}")
    count = whole_stages("the number of cells", cells)
    tau = above_zero("the residence time", residence_min)
    return math.expm1(-math.log1p(-part) / count) * count / tau


def bank_residence_min(
    cell_volume_m3: float, cells: int, pulp_m3_per_h: float, gas_holdup: float = 0.15
) -> float:
    """Return the residence time of a bank, ``60 V N (1 - eps) / Q`` minutes.

    Examples
    --------
    >>> round(bank_residence_min(1.7, 12, 195.8), 2)
    5.31
    """
    volume = above_zero("the cell's volume", cell_volume_m3)
    count = whole_stages("the number of cells", cells)
    flow = above_zero("the flow of pulp", pulp_m3_per_h)
    return 60 * volume * count * (1 - fraction("the gas hold-up", gas_holdup)) / flow


def entrained_recovery(
    true_recovery: Numbers, water_recovery: Numbers, entrainment: Numbers
) -> Floats:
    """Return the recovery with what rises with the water: ``R + (1 - R) ENT Rw``.

    ``entrainment`` is the degree of entrainment of a size class: near 1 for slimes, 0 above 100 um.
    Gangue that does not float has ``R = 0`` and goes with the water alone.

    Source: W. J. Trahar, Int. J. Mineral Processing 8 (1981) 289; O. N. Savassi et al., Minerals
    Engineering 11 (1998) 243.

    Examples
    --------
    >>> entrained_recovery([0.9, 0.0], 0.15, 0.3).round(4).tolist()
    [0.9045, 0.045]
    """
    floated = fractions("the true recovery", true_recovery)
    carried = fractions("the water recovery", water_recovery) * fractions(
        "the degree of entrainment", entrainment
    )
    return np.asarray(floated + (1 - floated) * carried)


@dataclass(frozen=True, slots=True)
class FlotationFit:
    """First-order kinetics fitted to a batch test, with the size of what is not explained.

    ``at_ceiling`` says that the best fit would have had ``Rinf`` above 1, and was held at 1.
    """

    rate_per_min: float
    recovery_max: float
    rms_error: float
    at_ceiling: bool


def fit_batch_flotation(time_min: Sequence[float], recovery: Sequence[float]) -> FlotationFit:
    """Fit ``R(t) = Rinf (1 - exp(-k t))`` to a batch test, with ``Rinf`` held at or below 1.

    Free least squares often gives a largest recovery above 100 % (Bu et al., Physicochem. Probl.
    Miner. Process. 53(1) (2017) 342); here that cannot happen, and a fit held at 1 says so.

    Examples
    --------
    >>> fit = fit_batch_flotation([0.5, 1, 2, 4, 8], [0.36, 0.575, 0.785, 0.883, 0.9])
    >>> round(fit.rate_per_min, 2), round(fit.recovery_max, 2), fit.at_ceiling
    (1.02, 0.9, False)
    """
    from scipy.optimize import least_squares

    times = positive("the flotation time", time_min)
    found = fractions("the recovery", recovery)
    if times.shape != found.shape or times.ndim != 1 or len(times) < 3:
        raise InputError("a batch fit needs at least three times, each with its recovery")

    def miss(guess: Floats) -> Floats:
        return np.asarray(guess[1] * -np.expm1(-guess[0] * times) - found)

    start = np.array([1 / float(np.median(times)), min(0.999, max(float(found.max()), 0.01))])
    best = least_squares(
        miss, start, bounds=([1e-9, 1e-6], [np.inf, 1.0]), xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    rms = float(np.sqrt(np.mean(best.fun**2)))
    return FlotationFit(float(best.x[0]), float(best.x[1]), rms, bool(best.x[1] > 1 - 1e-6))


def two_product_recovery(feed: Numbers, concentrate: Numbers, tailings: Numbers) -> Floats:
    """Return the recovery to concentrate from three assays: ``c (f - t) / (f (c - t))``.

    Examples
    --------
    >>> round(100 * float(two_product_recovery(0.5, 30, 0.05)), 2)   # copper, Davenport fig. 3.1
    90.15
    """
    f, c = positive("the feed grade", feed), positive("the concentrate grade", concentrate)
    t = not_negative("the tailings grade", tailings)
    if np.any((t > f) | (f > c) | (c == t)):
        raise InputError(
            f"the feed grade {feed} does not lie between tailings {tailings} and concentrate "
            f"{concentrate}"
        )
    return np.asarray(c * (f - t) / (f * (c - t)))


@dataclass(frozen=True, slots=True)
class ThreeProducts:
    """Mass of two concentrates for each tonne of feed, and the metal each recovers."""

    first_mass: float
    second_mass: float
    first_recovery: float
    second_recovery: float


def three_product_recovery(
    feed: tuple[float, float],
    first: tuple[float, float],
    second: tuple[float, float],
    tailings: tuple[float, float],
) -> ThreeProducts:
    """Return masses and recoveries of two concentrates from assays of two metals.

    Each pair holds the grades of metal one and metal two; concentrate one is of metal one. Solves
    ``F = C1 + C2 + T`` with both metals' balances.

    Examples
    --------
    >>> got = three_product_recovery((4.0, 6.0), (70.0, 4.0), (1.5, 55.0), (0.3, 0.5))
    >>> round(got.first_recovery, 3), round(got.second_recovery, 3)
    (0.9, 0.895)
    """
    left = np.array(
        [[first[m] - tailings[m], second[m] - tailings[m]] for m in (0, 1)], dtype=np.float64
    )
    right = np.array([feed[m] - tailings[m] for m in (0, 1)], dtype=np.float64)
    not_negative("an assay", [*feed, *first, *second, *tailings])
    if abs(float(np.linalg.det(left))) < 1e-12 * float(np.abs(left).max() or 1.0) ** 2:
        raise InputError("the two concentrates have the same assays: the split is not determined")
    masses = np.linalg.solve(left, right)
    if np.any(masses < 0) or float(masses.sum()) > 1 or min(feed) <= 0:
        raise InputError(
            f"these assays give concentrates of {masses[0]:.3f} and {masses[1]:.3f} t per t of "
            "feed: no split has them; look for a wrong assay"
        )
    return ThreeProducts(
        float(masses[0]),
        float(masses[1]),
        float(masses[0] * first[0] / feed[0]),
        float(masses[1] * second[1] / feed[1]),
    )


def frontier_recovery(
    grade: float, anchor_grade: float, anchor_recovery: float, loss_per_grade: float
) -> float:
    """Return the recovery at another concentrate grade: ``R0 - b (g - g0)``, held within 0 to 1.

    A straight piece of the grade-recovery curve through a known point; only near that point.

    Examples
    --------
    >>> round(frontier_recovery(0.28, 0.26, 0.90, 1.5), 3)
    0.87
    """
    fraction("the grade", grade)
    slope = zero_or_more("the loss of recovery with grade", loss_per_grade)
    base = fraction("the recovery at the known point", anchor_recovery)
    return min(1.0, max(0.0, base - slope * (grade - fraction("the known grade", anchor_grade))))
