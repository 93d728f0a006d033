"""A mass as a result: its bounds, its standard uncertainty, and what it rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from oreline.model import mass_text
from oreline.record import BASES, DEFAULT_UNCERTAINTIES

COVERAGE_FACTOR = 1.96
"""The k of U95 = k u: 95 % of a normal distribution."""

DEFAULT_NAMES = tuple(item.name for item in DEFAULT_UNCERTAINTIES)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mass in milligrams.

    ``low_mg`` and ``high_mg`` are equal where the mass is known, None where no bound is. ``u_mg``
    is one standard uncertainty, None where a measurement that matters states none and no default
    applies. ``basis`` is the weakest that the figure rests on; ``defaults`` names the default
    uncertainties it rests on.
    """

    low_mg: int | None
    high_mg: int | None
    u_mg: float | None
    basis: str
    defaults: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Return whether this is one value."""
        return self.low_mg is not None and self.low_mg == self.high_mg

    @property
    def u95_mg(self) -> float | None:
        """Return the expanded uncertainty, ``COVERAGE_FACTOR`` times ``u_mg``."""
        return None if self.u_mg is None else COVERAGE_FACTOR * self.u_mg

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the figure with masses as decimal text in ``unit``.

        >>> Figure(1500000000, 1500000000, 2000000.0, "measured").to_json()["low"]
        '1.5'
        """
        return {
            "low": _text(self.low_mg, unit),
            "high": _text(self.high_mg, unit),
            "u": _text(self.u_mg, unit),
            "u95": _text(self.u95_mg, unit),
            "unit": unit,
            "basis": self.basis,
            "defaults": list(self.defaults),
        }


def figure(
    low_mg: int | None, high_mg: int | None, u_mg: float, basis: int, defaults: int
) -> Figure:
    """Return a figure from what the arrays hold: NaN, a rank and a bit set."""
    return Figure(
        low_mg,
        high_mg,
        None if math.isnan(u_mg) else u_mg,
        BASES[basis],
        default_names(defaults),
    )


def default_names(bits: int) -> tuple[str, ...]:
    """Return the names of the default uncertainties in a bit set."""
    return tuple(name for place, name in enumerate(DEFAULT_NAMES) if bits >> place & 1)


def plus(left: int | None, right: int | None) -> int | None:
    """Return a sum of bounds; one that is not known makes the sum not known."""
    return None if left is None or right is None else left + right


def minus(left: int | None, right: int | None) -> int | None:
    """Return a difference of bounds; one that is not known makes the difference not known."""
    return None if left is None or right is None else left - right


def _text(mass_in_mg: float | None, unit: str) -> str | None:
    return None if mass_in_mg is None else mass_text(round(mass_in_mg), unit)
