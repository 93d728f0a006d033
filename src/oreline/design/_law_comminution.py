"""Crushing and grinding: Bond's law, the efficiency factors of Rowland, the size of a ball mill."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from oreline.design._law_inputs import Floats, Numbers, above_zero, positive
from oreline.model import InputError

BALL_CHARGE_BULK_T_PER_M3 = 4.65
"""Bulk density of a charge of steel balls with its voids, tonnes for each cubic metre."""


def bond_energy_kwh_per_t(
    work_index_kwh_per_t: Numbers, feed_p80_um: Numbers, product_p80_um: Numbers
) -> Floats:
    """Return the energy that Bond's third law gives to grind one dry tonne.

    ``W = 10 Wi (P80^-1/2 - F80^-1/2)`` with both sizes in micrometres: 80 % passes them. ``Wi`` is
    per metric tonne. Holds for rod and ball mills from about 25 mm down to 40 um; for crushers take
    a crushing work index, and below 70 um :func:`fine_grinding_factor`. Numbers or arrays.

    Source: F. C. Bond, Crushing and grinding calculations, British Chemical Engineering 6 (1961).

    Raises
    ------
    InputError
        If a number is not above 0, or the product is coarser than the feed.

    Examples
    --------
    >>> round(float(bond_energy_kwh_per_t(14, 10_000, 75)), 2)
    14.77
    """
    index = positive("the work index", work_index_kwh_per_t)
    feed, product = positive("F80", feed_p80_um), positive("P80", product_p80_um)
    if np.any(product > feed):
        raise InputError(f"P80 {product_p80_um} um is coarser than F80 {feed_p80_um} um")
    return np.asarray(10 * index * (product**-0.5 - feed**-0.5))


def bond_product_p80_um(
    work_index_kwh_per_t: float, feed_p80_um: float, energy_kwh_per_t: float
) -> float:
    """Return the product size that this energy gives: Bond's law solved for P80.

    Examples
    --------
    >>> round(bond_product_p80_um(14, 10_000, 14.7658), 1)
    75.0
    """
    index = above_zero("the work index", work_index_kwh_per_t)
    if not (energy_kwh_per_t >= 0 and math.isfinite(energy_kwh_per_t)):
        raise InputError(f"the energy cannot be {energy_kwh_per_t} kWh/t")
    root = energy_kwh_per_t / (10 * index) + above_zero("F80", feed_p80_um) ** -0.5
    return float(root**-2)


def bond_ball_work_index_kwh_per_t(
    closing_screen_um: float,
    net_grams_per_revolution: float,
    feed_p80_um: float,
    product_p80_um: float,
) -> float:
    """Return the work index of Bond's standard ball-mill test, kWh for each metric tonne.

    ``Wi = 49.1 / (P1^0.23 Gbp^0.82 (10/P80^1/2 - 10/F80^1/2))``: 44.5 in Bond's short tons times
    1.102. ``Gbp`` is the net undersize made in a revolution at a circulating load of 250 %.

    Examples
    --------
    >>> round(bond_ball_work_index_kwh_per_t(150, 1.5, 2_300, 115), 1)
    15.4
    """
    screen = above_zero("the closing screen", closing_screen_um)
    grindability = above_zero("the net grams a revolution", net_grams_per_revolution)
    step = float(bond_energy_kwh_per_t(1, feed_p80_um, product_p80_um))
    if step == 0:
        raise InputError("the test ground nothing: F80 and P80 are the same")
    return float(49.1 / (screen**0.23 * grindability**0.82 * step))


def fine_grinding_factor(product_p80_um: float) -> float:
    """Return Rowland's factor EF5 for a ball-mill product finer than 75 um, otherwise 1.

    ``(P80 + 10.3) / (1.145 P80)``. Source: C. A. Rowland and D. M. Kjos, Rod and ball mills, in
    Mineral Processing Plant Design (1980), chapter 12.

    Examples
    --------
    >>> round(fine_grinding_factor(40), 3), fine_grinding_factor(100)
    (1.098, 1.0)
    """
    size = above_zero("P80", product_p80_um)
    return max(1.0, (size + 10.3) / (1.145 * size)) if size < 75 else 1.0


def coarse_feed_factor(
    work_index_kwh_per_t: float, feed_p80_um: float, product_p80_um: float
) -> float:
    """Return Rowland's factor EF4 for a ball-mill feed coarser than its optimum, otherwise 1.

    The optimum is ``4000 (14.3 / Wi)^1/2`` um; ``EF4 = (Rr + (Wi' - 7)(F80 - Fo)/Fo) / Rr`` with
    ``Rr = F80/P80`` and ``Wi'`` in kWh for a short ton, as Rowland fitted it.

    Examples
    --------
    >>> round(coarse_feed_factor(14, 10_000, 75), 3)
    1.063
    """
    index = above_zero("the work index", work_index_kwh_per_t)
    feed = above_zero("F80", feed_p80_um)
    ratio = feed / above_zero("P80", product_p80_um)
    optimum = 4000 * math.sqrt(14.3 / index)
    if feed <= optimum:
        return 1.0
    short_ton_index = index / 1.102
    return max(1.0, (ratio + (short_ton_index - 7) * (feed - optimum) / optimum) / ratio)


@dataclass(frozen=True, slots=True)
class BallMill:
    """A ball mill inside its liners.

    ``filling`` is the part of the volume taken by balls at rest, ``speed`` the part of the critical
    speed. Rowland's fit holds for fillings of 0.2 to 0.5 and speeds of 0.6 to 0.8.
    """

    diameter_m: float
    length_m: float
    filling: float = 0.40
    speed: float = 0.72

    def __post_init__(self) -> None:
        above_zero("the mill's diameter", self.diameter_m)
        above_zero("the mill's length", self.length_m)
        if not 0.2 <= self.filling <= 0.5:
            raise InputError(f"a ball filling of {self.filling} is outside 0.2 to 0.5")
        if not 0.6 <= self.speed <= 0.8:
            raise InputError(f"{self.speed} of critical speed is outside 0.6 to 0.8")


def ball_mill_power_kw(mill: BallMill, ball_top_size_mm: float = 50.0) -> float:
    """Return what a wet overflow ball mill draws at its pinion.

    Rowland: ``4.879 D^0.3 (3.2 - 3 J) C (1 - 0.1 / 2^(9 - 10 C)) + Ss`` kW for each tonne of balls,
    with the slump correction ``Ss = 1.102 (B - 12.5 D) / 50.8`` for mills wider than 3.3 m with
    balls ``B`` mm. The charge is ``pi/4 D^2 L J`` at 4.65 t/m3. Source: Rowland and Kjos (1980).

    Examples
    --------
    >>> round(ball_mill_power_kw(BallMill(4.0, 6.0)))
    1451
    """
    ball = above_zero("the largest ball", ball_top_size_mm)
    swirl = 1 - 0.1 / 2 ** (9 - 10 * mill.speed)
    kw_per_t = 4.879 * mill.diameter_m**0.3 * (3.2 - 3 * mill.filling) * mill.speed * swirl
    if mill.diameter_m > 3.3:
        kw_per_t += 1.102 * (ball - 12.5 * mill.diameter_m) / 50.8
    volume = math.pi / 4 * mill.diameter_m**2 * mill.length_m
    return float(kw_per_t * volume * mill.filling * BALL_CHARGE_BULK_T_PER_M3)


@dataclass(frozen=True, slots=True)
class MillCheck:
    """Whether a ball mill can do a duty: what the ore needs beside what the mill draws."""

    needed_kw: float
    drawn_kw: float
    energy_kwh_per_t: float

    @property
    def is_enough(self) -> bool:
        """Return whether the mill draws at least what the ore needs."""
        return self.drawn_kw >= self.needed_kw

    @property
    def throughput_t_per_h_max(self) -> float:
        """Return the tonnes an hour that the mill can grind to this size."""
        return self.drawn_kw / self.energy_kwh_per_t


def check_ball_mill(
    mill: BallMill,
    throughput_t_per_h: float,
    work_index_kwh_per_t: float,
    feed_p80_um: float,
    product_p80_um: float,
) -> MillCheck:
    """Compare a mill with the duty by Bond's law with the factors for coarse feed and fine product.

    Examples
    --------
    >>> duty = check_ball_mill(BallMill(4.0, 6.0), 60, 14, 10_000, 75)
    >>> round(duty.needed_kw), duty.is_enough, round(duty.throughput_t_per_h_max)
    (942, True, 92)
    """
    above_zero("the throughput", throughput_t_per_h)
    bare = float(bond_energy_kwh_per_t(work_index_kwh_per_t, feed_p80_um, product_p80_um))
    if bare == 0:
        raise InputError("nothing to grind: F80 and P80 are the same")
    energy = bare * fine_grinding_factor(product_p80_um)
    energy *= coarse_feed_factor(work_index_kwh_per_t, feed_p80_um, product_p80_um)
    return MillCheck(energy * throughput_t_per_h, ball_mill_power_kw(mill), energy)
