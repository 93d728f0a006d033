"""Ratios of masses: accountability and recovery, with bounds and uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from oreline.balance._figure import COVERAGE_FACTOR, Figure

_DIGITS = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio as a fraction of one: its bounds and one standard uncertainty, None if unknown."""

    low: float
    high: float
    u: float | None

    def to_json(self) -> dict[str, str | None]:
        """Return the ratio in per cent, as decimal text.

        >>> Ratio(0.25, 0.25, 0.01).to_json()["low"]
        '25'
        """
        u95 = None if self.u is None else COVERAGE_FACTOR * self.u
        return {
            "low": _percent(self.low),
            "high": _percent(self.high),
            "u": _percent(self.u),
            "u95": _percent(u95),
            "unit": "%",
        }


def _percent(fraction: float | None) -> str | None:
    if fraction is None:
        return None
    rounded = (Decimal(repr(fraction)) * 100).quantize(_DIGITS).normalize()
    return format(rounded if rounded else Decimal(0), "f")


def accountability(entered: Sequence[Figure], unaccounted: Figure) -> Ratio | None:
    """Return (out + lost + change of stock) / in, which is 1 - unaccounted / in.

    None where nothing came in, or a bound is not known. The form follows the metal accounting code
    AMIRA P754; tailings are stock, and declared losses are accounted for.
    """
    lows = [item.low_mg for item in entered]
    highs = [item.high_mg for item in entered]
    low, high = unaccounted.low_mg, unaccounted.high_mg
    if low is None or high is None or None in lows or None in highs:
        return None
    least = sum(value for value in lows if value is not None)
    most = sum(value for value in highs if value is not None)
    if least <= 0:
        return None
    cases = [1 - part / whole for part in (low, high) for whole in (least, most)]
    u = None if unaccounted.u_mg is None else unaccounted.u_mg / least
    return Ratio(min(cases), max(cases), u)
