"""Does it close? The test of an unaccounted mass against its uncertainty, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from oreline.balance._figure import Figure
from oreline.model import mass_text

ROUNDING_MG_PER_LINE = 0.5
"""Every line is rounded to the milligram; that much is never held against a balance."""


class Verdict(StrEnum):
    """Whether a balance closes within its uncertainty."""

    CLOSES = "CLOSES"
    DOES_NOT_CLOSE = "DOES NOT CLOSE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and why."""

    verdict: Verdict
    reason: str


def judge(unaccounted: Figure, lines: int, doubts: str = "", what: str = "metal") -> Judged:
    """Judge an unaccounted mass.

    Parameters
    ----------
    unaccounted
        What went in less what came out and what is known to be lost.
    lines
        How many lines it sums, for the rounding.
    doubts
        Why the book itself may be wrong; it makes the answer UNKNOWN.
    what
        What the mass is of, for the reason.
    """
    low, high = unaccounted.low_mg, unaccounted.high_mg
    if doubts:
        return Judged(Verdict.UNKNOWN, doubts)
    if low is None or high is None:
        return Judged(Verdict.UNKNOWN, "a mass that matters is not known and has no upper limit")
    if unaccounted.u_mg is None or unaccounted.u95_mg is None:
        reason = "a measurement that matters states no uncertainty, and none may be assumed"
        return Judged(Verdict.UNKNOWN, f"{reason}; {_amount(low, high)}")
    limit = unaccounted.u95_mg + ROUNDING_MG_PER_LINE * lines
    within = f"U95 = {mass_text(round(unaccounted.u95_mg))} t"
    if -limit <= low and high <= limit:
        return Judged(Verdict.CLOSES, f"{_amount(low, high)}, within {within}")
    if high < -limit:
        reason = f"more comes out than went in: {_amount(low, high)}, beyond {within}"
        return Judged(Verdict.DOES_NOT_CLOSE, reason)
    if low > limit:
        reason = f"{what} is missing: {_amount(low, high)}, beyond {within}"
        return Judged(Verdict.DOES_NOT_CLOSE, reason)
    reason = f"{_amount(low, high)}: the bounds are too wide to tell; {within}"
    return Judged(Verdict.UNKNOWN, reason)


def _amount(low_mg: int, high_mg: int) -> str:
    if low_mg == high_mg:
        return f"unaccounted {mass_text(low_mg)} t"
    return f"unaccounted between {mass_text(low_mg)} and {mass_text(high_mg)} t"
