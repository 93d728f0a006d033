"""Classes of cost estimates: whether a claimed accuracy fits the engineering that is done."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oreline.model import InputError

SOURCE = "Aurecon, table of estimate classes in the style of AACE (vdocument.in), read 2026-11-22"


@dataclass(frozen=True, slots=True)
class EstimateClass:
    """A class: engineering done, and the bounds of its accuracy, all in per cent.

    ``low`` holds the widest and the narrowest lower bound of such estimates, ``high`` the narrowest
    and the widest upper one.
    """

    number: int
    engineering: tuple[Decimal, Decimal]
    low: tuple[Decimal, Decimal]
    high: tuple[Decimal, Decimal]
    contingency_max: Decimal


def _class(number: int, *numbers: int) -> EstimateClass:
    a, b, c, d, e, f, g = (Decimal(one) for one in numbers)
    return EstimateClass(number, (a, b), (c, d), (e, f), g)


ESTIMATE_CLASSES = (
    _class(5, 0, 2, -50, -20, 30, 100, 30),
    _class(4, 1, 15, -30, -15, 20, 50, 25),
    _class(3, 10, 40, -20, -10, 10, 30, 15),
    _class(2, 30, 70, -15, -5, 5, 20, 10),
    _class(1, 50, 100, -10, -3, 3, 15, 7),
)
"""From the roughest to the finest; see ``SOURCE``."""


@dataclass(frozen=True, slots=True)
class ClassCheck:
    """Whether a claim holds.

    ``best_class`` is the finest class that the engineering supports, ``claimed_class`` the roughest
    class whose estimates reach the accuracy claimed; None where no class does.
    """

    engineering_pct: Decimal
    low_pct: Decimal
    high_pct: Decimal
    best_class: int
    claimed_class: int | None
    consistent: bool
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return the check as decimal text."""
        return {
            "engineering_pct": f"{self.engineering_pct:f}",
            "low_pct": f"{self.low_pct:f}",
            "high_pct": f"{self.high_pct:f}",
            "best_class": self.best_class,
            "claimed_class": self.claimed_class,
            "consistent": self.consistent,
            "reason": self.reason,
            "source": SOURCE,
            "basis": "derived",
        }


def check_estimate(engineering_pct: Decimal, low_pct: Decimal, high_pct: Decimal) -> ClassCheck:
    """Return whether an accuracy can be claimed with so much engineering done.

    A class reaches an accuracy whose bounds are no narrower than its narrowest ones.

    Raises
    ------
    InputError
        If the engineering is no part of the whole, or the bounds do not lie around zero.

    >>> check_estimate(Decimal(8), Decimal(-15), Decimal(15)).consistent
    False
    """
    if not 0 <= engineering_pct <= 100:
        raise InputError(f"engineering is between 0 and 100 %, not {engineering_pct}")
    if not (low_pct < 0 < high_pct) or low_pct <= -100:
        message = f"an accuracy goes from below to above zero, such as -15 and +15, not {low_pct} "
        raise InputError(f"{message}and {high_pct}")
    supported = [one for one in ESTIMATE_CLASSES if engineering_pct >= one.engineering[0]]
    best = min(one.number for one in supported)
    reaching = [
        one.number for one in ESTIMATE_CLASSES if low_pct <= one.low[1] and high_pct >= one.high[0]
    ]
    claimed = max(reaching, default=None)
    consistent = claimed is not None and best <= claimed
    span = f"{low_pct:+f} to {high_pct:+f} %"
    if claimed is None:
        reason = f"no class reaches {span}"
    elif consistent:
        reason = f"{span} is within class {claimed}, and the engineering supports class {best}"
    else:
        reason = (
            f"{span} needs class {claimed} or finer; {engineering_pct} % of the engineering "
            f"supports class {best} at best"
        )
    return ClassCheck(engineering_pct, low_pct, high_pct, best, claimed, consistent, reason)


def cost_increase(before: Decimal, after: Decimal) -> Decimal:
    """Return by which part of itself a cost has grown.

    >>> round(cost_increase(Decimal("4.3"), Decimal("6.8")), 4)
    Decimal('0.5814')
    """
    if before <= 0:
        raise InputError(f"a cost of {before} has no relative increase")
    return after / before - 1


def cost_range(cost: Decimal, low_pct: Decimal, high_pct: Decimal) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest cost within an accuracy.

    >>> cost_range(Decimal("5.7"), Decimal(-15), Decimal(15))
    (Decimal('4.845'), Decimal('6.555'))
    """
    return cost * (100 + low_pct) / 100, cost * (100 + high_pct) / 100
