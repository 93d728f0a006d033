"""What the unit laws accept: each number is checked once, under the name its law knows it by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from oreline.model import InputError

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = float | Sequence[float] | Floats

# What a formula of one unit takes: a number, or one for each sample in shape (samples,). All that
# is done with it is arithmetic that numpy does sample by sample, so that one formula serves both.
Amount: TypeAlias = Any


def finite(name: str, value: Numbers) -> Floats:
    """Return ``value`` as numbers, none of them missing or infinite."""
    numbers = np.asarray(value, dtype=np.float64)
    if not np.all(np.isfinite(numbers)):
        raise InputError(f"{name}: write finite numbers, not {value}")
    return numbers


def fractions(name: str, value: Numbers) -> Floats:
    """Return ``value`` as fractions from 0 to 1."""
    numbers = finite(name, value)
    if np.any((numbers < 0) | (numbers > 1)):
        raise InputError(f"{name} is a fraction from 0 to 1, not {value}")
    return numbers


def not_negative(name: str, value: Numbers) -> Floats:
    """Return ``value`` as numbers of at least 0."""
    numbers = finite(name, value)
    if np.any(numbers < 0):
        raise InputError(f"{name} cannot be negative: {value}")
    return numbers


def positive(name: str, value: Numbers) -> Floats:
    """Return ``value`` as numbers above 0."""
    numbers = finite(name, value)
    if np.any(numbers <= 0):
        raise InputError(f"{name} must be above 0, not {value}")
    return numbers


@overload
def fraction(name: str, value: float) -> float: ...
@overload
def fraction(name: str, value: Floats) -> Floats: ...
def fraction(name: str, value: Amount) -> Amount:
    """Return a fraction from 0 to 1, or one for each sample."""
    if _is_one(value):
        if not 0 <= value <= 1:
            raise InputError(f"{name} is a fraction from 0 to 1, not {value}")
        return value
    wrong = ~((np.asarray(value) >= 0) & (np.asarray(value) <= 1))
    if wrong.any():
        raise InputError(f"{name} is a fraction from 0 to 1, not {np.asarray(value)[wrong][0]}")
    return value


@overload
def above_zero(name: str, value: float) -> float: ...
@overload
def above_zero(name: str, value: Floats) -> Floats: ...
def above_zero(name: str, value: Amount) -> Amount:
    """Return a finite number above 0, or one for each sample."""
    if _is_one(value):
        if not (value > 0 and math.isfinite(value)):
            raise InputError(f"{name} must be above 0 and finite, not {value}")
        return value
    wrong = ~((np.asarray(value) > 0) & np.isfinite(value))
    if wrong.any():
        raise InputError(f"{name} must be above 0 and finite, not {np.asarray(value)[wrong][0]}")
    return value


@overload
def zero_or_more(name: str, value: float) -> float: ...
@overload
def zero_or_more(name: str, value: Floats) -> Floats: ...
def zero_or_more(name: str, value: Amount) -> Amount:
    """Return a finite number of at least 0, or one for each sample."""
    if _is_one(value):
        if not (value >= 0 and math.isfinite(value)):
            raise InputError(f"{name} must be 0 or more and finite, not {value}")
        return value
    wrong = ~((np.asarray(value) >= 0) & np.isfinite(value))
    if wrong.any():
        raise InputError(f"{name} must be 0 or more and finite, not {np.asarray(value)[wrong][0]}")
    return value


def _is_one(value: Amount) -> bool:
    return isinstance(value, float | int)


def whole_stages(name: str, count: float, least: int = 1) -> int:
    """Return a number of stages, cells or tanks: whole, and no fewer than ``least``."""
    if np.ndim(count):
        # A count is no number to draw from a range; samples of it are all the same.
        several = np.unique(count)
        if len(several) != 1:
            raise InputError(f"{name} cannot vary from sample to sample")
        count = float(several[0])
    if count != int(count) or count < least:
        raise InputError(f"{name} is a whole number of at least {least}, not {count}")
    return int(count)
