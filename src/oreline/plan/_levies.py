"""Royalties and levies, each on the base that its law or agreement names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Any

import polars as pl

from oreline.model import Finding, InputError, Severity
from oreline.plan._annuity import DIGITS


class LevyBase(StrEnum):
    """What a levy is a part of; never assumed."""

    GROSS_REVENUE = "gross revenue"
    NET_SMELTER_RETURN = "net smelter return"
    EXPORT_VALUE = "export value"
    PROFIT_BEFORE_TAX = "profit before tax"


@dataclass(frozen=True, slots=True)
class Levy:
    """A levy: its name, its rate as a fraction of one, its base (None: not known), its source."""

    name: str
    rate: Decimal
    base: LevyBase | None
    payee: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not (self.rate.is_finite() and 0 <= self.rate <= 1):
            message = f"the rate of {self.name} is {self.rate}; write 0.05 for 5 %"
            raise InputError(message)


@dataclass(frozen=True, slots=True)
class LevyLine:
    """One levy and what it takes; None where its base or the amount of that is not known."""

    levy: Levy
    base_amount: Decimal | None
    amount: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class LevyStack:
    """All levies of a period. ``total`` is None where one is not known; ``known`` adds the others.

    On a base below zero (a loss) a levy takes nothing.
    """

    lines: tuple[LevyLine, ...]
    total: Decimal | None
    known: Decimal
    currency: str
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the lines and the total as decimal text."""
        return {
            "currency": self.currency,
            "lines": [
                {
                    "levy": line.levy.name,
                    "payee": line.levy.payee,
                    "rate": f"{line.levy.rate:f}",
                    "base": None if line.levy.base is None else str(line.levy.base),
                    "base_amount": None if line.base_amount is None else f"{line.base_amount:f}",
                    "amount": None if line.amount is None else f"{line.amount:f}",
                    "reason": line.reason,
                    "source": line.levy.source,
                }
                for line in self.lines
            ],
            "total": None if self.total is None else f"{self.total:f}",
            "known": f"{self.known:f}",
            "basis": "derived",
            "findings": [finding.to_json() for finding in self.findings],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a levy."""
        return pl.DataFrame([{**line} for line in self.to_json()["lines"]])


def levy_stack(
    levies: Sequence[Levy], bases: Mapping[LevyBase, Decimal], currency: str
) -> LevyStack:
    """Return what each levy takes of the amounts of a period.

    Rates with different bases are never added: 5 % of gross revenue and 1 % of net smelter return
    are no 6 % of anything. A levy whose base is not known is told (ORL-0555) and not computed.

    Raises
    ------
    InputError
        If there is no levy, or one stands twice.

    >>> royalty = Levy("royalty", Decimal("0.05"), LevyBase.GROSS_REVENUE)
    >>> levy_stack([royalty], {LevyBase.GROSS_REVENUE: Decimal(100)}, "USD").total
    Decimal('5.00')
    """
    if not levies:
        raise InputError("there is no levy to compute")
    names = [levy.name for levy in levies]
    if len(set(names)) < len(names):
        raise InputError(f"a levy stands twice: {', '.join(sorted(names))}")
    lines = tuple(_line(levy, bases) for levy in levies)
    amounts = [line.amount for line in lines if line.amount is not None]
    with localcontext(prec=DIGITS):
        known = sum(amounts, Decimal(0))
    total = known if len(amounts) == len(lines) else None
    findings = tuple(
        Finding(
            "ORL-0555",
            Severity.WARNING,
            line.levy.name,
            line.reason,
            "read the law or the agreement: gross revenue and net smelter return differ widely",
        )
        for line in lines
        if line.amount is None
    )
    return LevyStack(lines, total, known, currency, findings)


def _line(levy: Levy, bases: Mapping[LevyBase, Decimal]) -> LevyLine:
    if levy.base is None:
        reason = f"what {levy.rate:%} is taken of is not known"
        return LevyLine(levy, None, None, reason)
    amount = bases.get(levy.base)
    if amount is None:
        return LevyLine(levy, None, None, f"the {levy.base} is not given")
    with localcontext(prec=DIGITS):
        if amount <= 0:
            return LevyLine(levy, amount, Decimal(0), f"the {levy.base} is not above zero")
        return LevyLine(levy, amount, amount * levy.rate, f"{levy.rate:%} of {levy.base}")
