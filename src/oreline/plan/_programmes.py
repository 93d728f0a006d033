"""Programmes of public funding: their sum, and what an applicant has to bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme's money.

    ``cost_share_min`` is the least part of a project's cost that the applicant brings, None where
    that is not published.
    """

    name: str
    amount: Decimal
    currency: str
    cost_share_min: Decimal | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise InputError(f"the money of {self.name} is below zero")
        share = self.cost_share_min
        if share is not None and not 0 <= share < 1:
            raise InputError(f"the cost share of {self.name} is {share}; write 0.5 for half")

    @property
    def applicants_least(self) -> Decimal | None:
        """Return what applicants bring if all of the money is given out; None if not known."""
        share = self.cost_share_min
        return None if share is None else self.amount * share / (1 - share)


@dataclass(frozen=True, slots=True)
class ProgrammeSum:
    """Programmes and their sum; ``unknown_share`` names those whose cost share is not known."""

    programmes: tuple[Programme, ...]
    total: Decimal
    applicants_least: Decimal
    currency: str
    unknown_share: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the sum as decimal text."""
        return {
            "total": f"{self.total:f}",
            "applicants_least": f"{self.applicants_least:f}",
            "currency": self.currency,
            "unknown_cost_share": list(self.unknown_share),
            "basis": "derived",
        }


def programme_sum(programmes: Sequence[Programme]) -> ProgrammeSum:
    """Return the sum of programmes in one currency, and what applicants bring at least.

    Raises
    ------
    InputError
        If there is none, one stands twice, or the currencies differ.

    >>> programme_sum([Programme("a", Decimal(500), "USD", Decimal("0.5"))]).applicants_least
    Decimal('500')
    """
    if not programmes:
        raise InputError("there is no programme to add up")
    names = [one.name for one in programmes]
    if len(set(names)) < len(names):
        raise InputError(f"a programme stands twice: {', '.join(sorted(names))}")
    currencies = {one.currency for one in programmes}
    if len(currencies) > 1:
        raise InputError(f"several currencies ({', '.join(sorted(currencies))}) are not added up")
    least = [one.applicants_least for one in programmes]
    return ProgrammeSum(
        tuple(programmes),
        sum((one.amount for one in programmes), Decimal(0)),
        sum((one for one in least if one is not None), Decimal(0)),
        currencies.pop(),
        tuple(one.name for one in programmes if one.cost_share_min is None),
    )
