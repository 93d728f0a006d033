"""True values and what an instrument shows of them, from counter-based random streams."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

SEED = "oreline-examples-1"
"""Every stream is keyed by this and its own name, so that none moves another."""


def stream(name: str) -> np.random.Generator:
    """Return the random stream of a name."""
    key = hashlib.sha256(f"{SEED}/{name}".encode()).digest()[:16]
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "big")))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and its standard uncertainty, as written."""

    value: str
    u: str

    @property
    def number(self) -> float:
        """Return the value as written."""
        return float(self.value)


def digits_for(u: float) -> int:
    """Return the decimals with which a value of this uncertainty is written: two digits of it."""
    return max(0, 1 - math.floor(math.log10(u))) if u > 0 else 3


def written(value: float, digits: int) -> str:
    """Write a number without exponent or minus zero."""
    return format(max(value, 0.0) + 0.0, f".{digits}f")


def read(rng: np.random.Generator, true: float, u: float) -> Reading:
    """Read a true value with an instrument of standard uncertainty ``u``."""
    shown = max(true + u * float(rng.standard_normal()), u / 10)
    digits = digits_for(u)
    return Reading(written(shown, digits), written(u, digits))


def read_relative(rng: np.random.Generator, true: float, relative_u: float) -> Reading:
    """Read a true value with an instrument whose uncertainty is a share of the value."""
    return read(rng, true, true * relative_u)


def cells(column: str, reading: Reading) -> dict[str, str]:
    """Return the two cells of a reading."""
    return {column: reading.value, f"{column}_u": reading.u}


def grade_cells(
    rng: np.random.Generator, grades: Mapping[str, float], relative_u: float
) -> dict[str, str]:
    """Return the cells of an assay of true grades in percent."""
    found: dict[str, str] = {}
    for analyte, true in grades.items():
        found |= cells(f"{analyte}_pct", read_relative(rng, true, relative_u))
    return found
