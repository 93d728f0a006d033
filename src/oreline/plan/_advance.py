"""Advance royalties: instalments year by year until a cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class AdvanceYear:
    """What is paid in a year, and what has been paid by its end."""

    year: int
    instalment: Decimal
    cumulative: Decimal

    def to_json(self) -> dict[str, Any]:
        """Return the year as decimal text."""
        return {
            "year": self.year,
            "instalment": f"{self.instalment:f}",
            "cumulative": f"{self.cumulative:f}",
        }


def advance_royalties(
    instalments: Sequence[Decimal], cap: Decimal, years: int
) -> tuple[AdvanceYear, ...]:
    """Return the instalments of each year: as listed, then as the last one, never beyond the cap.

    Raises
    ------
    InputError
        If no instalment is listed, or one, the cap or the number of years is below zero.

    >>> plan = advance_royalties([Decimal(5), Decimal("7.5"), Decimal(10)], Decimal(50), 7)
    >>> [str(year.instalment) for year in plan]
    ['5', '7.5', '10', '10', '10', '7.5', '0.0']
    """
    if not instalments:
        raise InputError("an advance royalty has at least one instalment")
    if cap < 0 or years < 0 or any(amount < 0 for amount in instalments):
        raise InputError("instalments, cap and years cannot be below zero")
    paid = Decimal(0)
    found = []
    for year in range(1, years + 1):
        due = instalments[min(year, len(instalments)) - 1]
        instalment = min(due, cap - paid)
        paid += instalment
        found.append(AdvanceYear(year, instalment, paid))
    return tuple(found)
