"""Units of a plan: money, mass and time, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from oreline.model import is_analyte

Dimension = tuple[int, int, int]
"""Exponents of money, mass and time."""

_MASS: Final[Mapping[str, float]] = {
    "g": 1e-9,
    "kg": 1e-6,
    "lb": 0.45359237e-6,
    "t": 1e-3,
    "kt": 1.0,
    "Mt": 1e3,
}
_TIME: Final[Mapping[str, float]] = {"y": 1.0, "a": 1.0, "year": 1.0, "years": 1.0}
_PLAIN: Final[Mapping[str, float]] = {
    "1": 1.0,
    "fraction": 1.0,
    "%": 1e-2,
    "pct": 1e-2,
    "ppm": 1e-6,
    "ppb": 1e-9,
}
_MONEY: Final[Mapping[str, float]] = {
    "": 1e-6,
    "k": 1e-3,
    "thousand": 1e-3,
    "m": 1.0,
    "M": 1.0,
    "million": 1.0,
    "bn": 1e3,
    "billion": 1e3,
}
_QUALIFIERS: Final = frozenset({"dry", "of", "ore", "contained", "metal", "real", "nominal"})


def unit_of(text: str, currency: str) -> tuple[float, Dimension] | None:
    """Return what one of a unit is in USD m, kt and years, and its dimension; None if it is none.

    Words that only say of what it is (``dry``, ``of ore``, an element) may follow.

    >>> unit_of("USD/t", "USD")
    (0.001, (1, -1, 0))
    >>> unit_of("USD m/y", "USD")
    (1.0, (1, 0, -1))
    >>> unit_of("% Sb", "USD")
    (0.01, (0, 0, 0))
    >>> unit_of("t wet", "USD") is None
    True
    """
    scale, dimension = 1.0, [0, 0, 0]
    for place, part in enumerate(text.split("/")):
        found = _factor(part.strip(), currency)
        if found is None:
            return None
        factor, kind = found
        sign = 1 if place == 0 else -1
        scale *= factor**sign
        if kind is not None:
            dimension[kind] += sign
    return float(f"{scale:.15g}"), (dimension[0], dimension[1], dimension[2])


def _factor(part: str, currency: str) -> tuple[float, int | None] | None:
    words = part.split()
    while words and len(words) > 1 and (words[-1] in _QUALIFIERS or is_analyte(words[-1])):
        words.pop()
    text = " ".join(words)
    if text in _PLAIN:
        return _PLAIN[text], None
    if text in _MASS:
        return _MASS[text], 1
    if text in _TIME:
        return _TIME[text], 2
    if currency in text:
        multiple = re.sub(rf"\s*{currency}\s*", "", text)
        if multiple in _MONEY:
            return _MONEY[multiple], 0
    return None
