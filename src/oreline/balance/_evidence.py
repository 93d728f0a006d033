"""What speaks for and against a hypothesis, in sentences that a person can check."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from oreline.balance._streams import Stream

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
T = 1e9


class Grade(NamedTuple):
    """The usual grade of a stream, what the suspect periods show less that, in spreads too."""

    usual: float
    shift: float
    spreads: float


class Observed(NamedTuple):
    """Unaccounted in the process, then found less booked of each material, period by period.

    ``precision`` is the inverse of the covariance of those that can be judged, zero elsewhere.
    """

    values: Floats
    precision: Floats
    covariance: Floats

    def total(self, block: int, at: tuple[int, int], judged: Flags) -> tuple[float, float]:
        """Return the sum of the suspect periods in one block, and its standard uncertainty."""
        places = [block * judged.size + p for p in range(at[0], at[1] + 1) if judged[p]]
        variance = float(self.covariance[np.ix_(places, places)].sum())
        u = math.sqrt(variance) if variance > 0 and math.isfinite(variance) else 0.0
        return float(self.values[places].sum()), u


class Seen(NamedTuple):
    """What was observed: the periods, which of them are judged, metal and dry mass."""

    periods: tuple[str, ...]
    judged: Flags
    metal: Observed
    dry: Observed


def of_grade(stream: Stream, grade: Grade | None, size: float) -> tuple[bool, str]:
    """Say whether a stream's own assays depart from what is usual in the direction of a bias."""
    if grade is None:
        return False, "there are too few other periods to know its usual grade"
    text = (
        f"{stream.material} shows {100 * (grade.usual + grade.shift):.3g} % then, "
        f"{100 * grade.usual:.3g} % in the other periods: {abs(grade.spreads):.1f} standard "
        "deviations apart"
    )
    return grade.spreads * size > 0 and abs(grade.spreads) > 2, text


def of_dry(seen: Seen, at: tuple[int, int], *, is_scale: bool) -> tuple[bool, str] | None:
    """Say whether the dry mass closes in the process, and what that tells of scales."""
    total, u = seen.dry.total(0, at, seen.judged)
    if not u:
        return None
    closes = abs(total) <= 2 * u
    amount = f"{total / T:.3g} t unaccounted, up to {2 * u / T:.3g} t by chance"
    words = "closes" if closes else "does not close"
    return closes is not is_scale, f"the dry mass {words} in the process ({amount})"


def of_process(seen: Seen, at: tuple[int, int]) -> tuple[bool, str] | None:
    """Say whether it is the process that misses metal, or the stock-takes."""
    total, u = seen.metal.total(0, at, seen.judged)
    if not u:
        return None
    text = (
        f"the process by itself has {total / T:.3g} t of metal unaccounted, up to "
        f"{2 * u / T:.3g} t by chance"
    )
    return abs(total) > 2 * u, text


def of_stock(
    seen: Seen, at: tuple[int, int], stream: Stream, sign: float
) -> tuple[bool, str] | None:
    """Say whether stock-takes of a stream's material found what a hypothesis lets expect.

    ``sign`` is above zero where more must be found than booked, below where less.
    """
    if stream.counted < 0:
        return None
    total, u = seen.metal.total(1 + stream.counted, at, seen.judged)
    if not u:
        return None
    amount = f"{total / T:+.3g} t of metal, up to {2 * u / T:.3g} t by chance"
    agrees = total * sign > 2 * u
    return agrees, f"stock-takes of {stream.material} found {amount} against the book"


def of_return(seen: Seen, counted: int, first: int, last: int) -> tuple[bool, str]:
    """Say whether what a stock-take misjudged came back at the next."""
    if first == last:
        return False, "no later stock-take of it shows whether it came back"
    block = (1 + counted) * seen.judged.size
    ends = [float(seen.metal.values[block + place]) for place in (first, last)]
    text = f"{ends[0] / T:+.3g} t then, {ends[1] / T:+.3g} t at the next stock-take"
    came_back = ends[0] * ends[1] < 0 and abs(ends[1]) > 0.5 * abs(ends[0])
    if came_back:
        return True, f"what it found against the book came back with the other sign ({text})"
    return False, f"what it found against the book did not come back ({text})"
