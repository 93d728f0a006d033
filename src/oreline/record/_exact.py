"""Products of masses and fractions, exact to the last digit, for whole arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oreline.model import PPT

Ints = npt.NDArray[np.int64]

_MILLION = 10**6


def times_ppt_each(mass_mg: Ints, fraction_ppt: Ints) -> Ints:
    """Return mass times fraction for each, rounded half to even, as ``times_ppt`` does for one.

    Masses are not negative; fractions lie between 0 and 1 (``PPT``).
    """
    trillions, rest = np.divmod(mass_mg, PPT)
    whole, left = _product(rest, fraction_ppt)
    whole += trillions * fraction_ppt
    up = (left > PPT // 2) | ((left == PPT // 2) & (whole % 2 == 1))
    found: Ints = whole + up
    return found


def fraction_of_each(grade_ppt: Ints, part_ppt: Ints) -> Ints:
    """Return grade times part for each, both between 0 and 1 (``PPT``), rounded half up."""
    whole, left = _product(grade_ppt, part_ppt)
    found: Ints = whole + (left >= PPT // 2)
    return found


def _product(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Return whole and remainder of left times right over ``PPT``; neither is above ``PPT``.

    The product has 80 bits; with one factor split at a million every step has less than 63.
    """
    high, low = np.divmod(right, _MILLION)
    whole, over = np.divmod(left * high, _MILLION)
    more, rest = np.divmod(over * _MILLION + left * low, PPT)
    return whole + more, rest
