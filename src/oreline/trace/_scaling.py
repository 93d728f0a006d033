"""Shares of whole milligrams, exact for one and for many."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.model import PPT, UNBOUNDED_MG

Ints = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

_MILLION = 10**6
_SPLIT = 2.0**27 + 1
_HALVES_BELOW = 2**52
"""Floats from here on have no digit after the point."""


def scaled(mass_mg: int, share: float, *, floor: bool) -> int:
    """Return a share of a mass in whole milligrams, rounded outwards beyond what floats can err.

    >>> scaled(9, 1 / 3, floor=True), scaled(9, 1 / 3, floor=False), scaled(9, 1.0, floor=True)
    (2, 4, 9)
    """
    parts = math.floor(share * PPT) - 1 if floor else math.ceil(share * PPT) + 1
    if share <= 0 or share >= 1:
        parts = PPT if share >= 1 else 0
    product = mass_mg * min(max(parts, 0), PPT)
    return product // PPT if floor else -(-product // PPT)


def scaled_each(mass_mg: Ints, share: Shares, *, floor: bool) -> Ints:
    """Return what :func:`scaled` does, for arrays; masses are not negative."""
    rounded = np.floor(share * PPT) - 1 if floor else np.ceil(share * PPT) + 1
    parts = np.clip(rounded, 0, PPT).astype(np.int64)
    parts = np.where(share <= 0, 0, np.where(share >= 1, PPT, parts))
    # The product has more than 63 bits; in steps of a million each part of it has fewer.
    trillions, rest = np.divmod(mass_mg, PPT)
    high, low = np.divmod(parts, _MILLION)
    whole, over = np.divmod(rest * high, _MILLION)
    more, left = np.divmod(over * _MILLION + rest * low, PPT)
    total: Ints = trillions * parts + whole + more + (0 if floor else left > 0)
    return total


def nearest_each(mass_mg: Ints, share: Shares) -> Ints:
    """Return shares of masses to the nearest milligram, halves to even, as exact rationals give.

    Shares lie between 0 and 1. A product of floats and what it lost by rounding (Dekker 1971)
    together are exact.
    """
    mass = mass_mg.astype(np.float64)
    product = mass * share
    mass_high, share_high = _upper(mass), _upper(share)
    mass_low, share_low = mass - mass_high, share - share_high
    lost = ((mass_high * share_high - product) + mass_high * share_low + mass_low * share_high) + (
        mass_low * share_low
    )
    whole = np.floor(product)
    part = product - whole
    # What was lost is less than the last digit of the product: it only ever decides at a half.
    over = np.where(part == 0.5, lost, part - 0.5)
    found = whole.astype(np.int64)
    found += np.where(over == 0, found & 1, over > 0)
    for place in np.flatnonzero(mass_mg >= _HALVES_BELOW).tolist():
        found[place] = round(Fraction(float(share[place])) * int(mass_mg[place]))
    return found


def _upper(value: Shares) -> Shares:
    """Return the upper half of the digits of each."""
    scaled_up = value * _SPLIT
    return scaled_up - (scaled_up - value)


def kilograms(mass_mg: Ints) -> pl.Series:
    """Return masses as exact decimal text in kilograms, as ``mass_text`` writes them.

    A mass without limit is null.
    """
    mass = pl.Series("mg", mass_mg)
    whole, rest = mass // _MILLION, mass % _MILLION
    digits = rest.cast(pl.String).str.zfill(6).str.strip_chars_end("0")
    text = whole.cast(pl.String)
    written = pl.select(
        pl.when(rest == 0).then(text).otherwise(pl.concat_str(text, digits, separator="."))
    ).to_series()
    return pl.select(pl.when(mass != UNBOUNDED_MG).then(written)).to_series()
