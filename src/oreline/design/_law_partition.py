"""Partition curves: where a particle goes by its size, density or magnetic response."""

from __future__ import annotations

import math

import numpy as np

from oreline.design._law_inputs import (
    Floats,
    Numbers,
    finite,
    fractions,
    not_negative,
    positive,
)
from oreline.model import InputError


def partition_fraction(
    property_value: Numbers, cut_point: Numbers, probable_error: Numbers, bypass: Numbers = 0.0
) -> Floats:
    """Return the part of particles of this property that reports to the heavy or coarse side.

    ``P(x) = b + (1 - b) / (1 + 3^((x50 - x) / Ep))``. The logistic form makes ``Ep`` exactly half
    the distance between the points of 25 % and 75 %, as it is defined for gravity separators; the
    property is a density (t/m3), a size (um) or the field (A, T) a mineral needs, written so that
    more of it means heavier, coarser or more magnetic. ``bypass`` is the part that is never
    classified, such as the water split of a hydrocyclone underflow.

    Source: form of A. J. Lynch and W. J. Whiten; Napier-Munn et al., Mineral Comminution Circuits
    (1996).

    Examples
    --------
    >>> partition_fraction([2.65, 3.0, 3.2], 3.0, 0.2).round(4).tolist()
    [0.1276, 0.5, 0.75]
    """
    value = finite("the property", property_value)
    cut = finite("the cut point", cut_point)
    width = positive("the probable error", probable_error)
    leak = fractions("the bypass", bypass)
    # A clipped exponent: 3^645 is the last power below the largest float, and 1/(1+3^645) is 0.
    power = np.clip((cut - value) / width, -600, 600)
    return np.asarray(leak + (1 - leak) / (1 + 3.0**power))


def partition_recovery(
    property_value: Numbers,
    mass_share: Numbers,
    cut_point: float,
    probable_error: float,
    bypass: float = 0.0,
) -> float:
    """Return the recovery to the heavy side of material spread over classes.

    ``mass_share`` gives the mass in each class, in any unit; it need not sum to 1.

    Examples
    --------
    >>> round(partition_recovery([2.65, 4.9], [0.9, 0.1], 3.6, 0.25), 4)
    0.1133
    """
    share = not_negative("the mass in a class", mass_share)
    whole = float(share.sum())
    if whole <= 0:
        raise InputError("no mass in any class of the partition")
    parts = partition_fraction(property_value, cut_point, probable_error, bypass)
    if parts.shape != share.shape:
        raise InputError("give one mass for each class of the property")
    return float(parts @ share / whole)


def concentration_criterion(
    heavy_t_per_m3: float, light_t_per_m3: float, fluid_t_per_m3: float = 1.0
) -> float:
    """Return Taggart's concentration criterion, (heavy - fluid) / (light - fluid).

    Above 2.5 gravity separation is easy down to 75 um; 1.75 to 2.5 works down to 150 um, 1.5 to
    1.75 to 1.7 mm, 1.25 to 1.5 for gravel only; below 1.25 it is not practical.

    Source: A. F. Taggart, Handbook of Mineral Dressing (1945).

    Examples
    --------
    >>> round(concentration_criterion(4.63, 2.65), 1)   # stibnite and quartz in water
    2.2
    """
    heavy, light = (
        float(positive("density", heavy_t_per_m3)),
        float(positive("density", light_t_per_m3)),
    )
    fluid = float(not_negative("density of the fluid", fluid_t_per_m3))
    if not fluid < light <= heavy:
        raise InputError("the densities must rise: fluid, light mineral, heavy mineral")
    return (heavy - fluid) / (light - fluid)


def rosin_rammler_passing(size_um: Numbers, p80_um: float, spread: float = 1.0) -> Floats:
    """Return the fraction finer than a size in a Rosin-Rammler distribution with this P80.

    ``1 - exp(ln(0.2) (x / P80)^n)``; ``n`` is near 1 for ground ore, larger where it is narrower.

    Examples
    --------
    >>> rosin_rammler_passing([38, 75, 150], 75).round(3).tolist()
    [0.558, 0.8, 0.96]
    """
    size = not_negative("the size", size_um)
    top = float(positive("P80", p80_um))
    return np.asarray(1 - np.exp(math.log(0.2) * (size / top) ** float(positive("n", spread))))


def classified_streams(mass_share: Numbers, to_coarse: Numbers) -> tuple[Floats, Floats]:
    """Split the mass of each class into fines and coarse; their sum is the feed, class by class.

    Examples
    --------
    >>> fines, coarse = classified_streams([1.0, 1.0], [0.2, 0.9])
    >>> fines.round(2).tolist(), coarse.round(2).tolist()
    ([0.8, 0.1], [0.2, 0.9])
    """
    share = not_negative("the mass in a class", mass_share)
    coarse = share * fractions("the partition", to_coarse)
    return share - coarse, np.asarray(coarse)
