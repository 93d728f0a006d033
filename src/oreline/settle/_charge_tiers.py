"""Charges and shares that a contract writes by grade: the tier that holds, or each tier's part.

``whole``: the rate of the tier in which the grade lies holds for all of the content. ``marginal``:
each tier's rate holds for the part of the grade within it, so that the rate on the whole content
is the mean of the tiers' rates weighted by their parts of the grade: Σ rate_i × part_i / A. A
charge on dry mass has no parts of a grade, and its tiers hold for the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Literal

from oreline.settle._charges import Rated
from oreline.settle._clauses import ChargeTier, Participation, Refining, ShareTier, Treatment
from oreline.settle._exchange_rule import EXACT
from oreline.settle._payable import tier_holds, tier_span, tier_text
from oreline.settle._rounding import shown
from oreline.settle._units import Constants, Quantity

How = Literal["whole", "marginal"]
HOWS: tuple[How, ...] = ("whole", "marginal")


@dataclass(frozen=True, slots=True)
class AtGrade:
    """What tiers say at a grade; ``value`` is None where they do not, and ``why`` says why."""

    value: Decimal | None
    text: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class GradeTiers:
    """Tiers of one analyte, each with its number in one unit."""

    analyte: str
    tiers: tuple[ChargeTier | ShareTier, ...]
    numbers: tuple[Decimal, ...]
    unit: str

    def at(self, grade: Decimal, how: How | None, units: Constants) -> AtGrade:
        """Return what holds at a grade, in %; without ``how`` only what both readings give."""
        with localcontext(EXACT):
            if how is not None:
                return self._read(how, grade, units)
            found = [self._read(one, grade, units) for one in HOWS]
        if found[0].value is not None and found[0].value == found[1].value:
            return found[0]
        told = "; ".join(
            f"{name}: {one.text or one.why}" for name, one in zip(HOWS, found, strict=True)
        )
        return AtGrade(None, why=f"the tiers by {self.analyte} can be read in two ways: {told}")

    def _read(self, how: How, grade: Decimal, units: Constants) -> AtGrade:
        return self._whole(grade, units) if how == "whole" else self._marginal(grade, units)

    def _whole(self, grade: Decimal, units: Constants) -> AtGrade:
        holding = [
            (tier, number)
            for tier, number in zip(self.tiers, self.numbers, strict=True)
            if tier_holds(tier, grade, units)
        ]
        written = f"{shown(grade)} % {self.analyte}"
        if not holding:
            return AtGrade(None, why=f"{written} lies in no tier of the clause")
        if len(holding) > 1:
            names = " and ".join(tier_text(tier) for tier, _ in holding)
            return AtGrade(None, why=f"{written} lies in two tiers: {names}")
        tier, number = holding[0]
        return AtGrade(number, f"{shown(number)} {self.unit} at {written}, {tier_text(tier)}")

    def _marginal(self, grade: Decimal, units: Constants) -> AtGrade:
        pairs = sorted(
            zip(self.tiers, self.numbers, strict=True), key=lambda one: tier_span(one[0], units)[0]
        )
        spans = [tier_span(tier, units) for tier, _ in pairs]
        if spans[0][0] != 0 or any(low[1] != high[0] for low, high in pairwise(spans)):
            why = f"marginal tiers by {self.analyte} have to begin at zero and touch each other"
            return AtGrade(None, why=why)
        top = spans[-1][1]
        if top is not None and grade > top:
            return AtGrade(None, why=f"{shown(grade)} % {self.analyte} lies above the last tier")
        if not grade:
            return AtGrade(pairs[0][1], f"{shown(pairs[0][1])} {self.unit} at 0 % {self.analyte}")
        total, texts = Decimal(0), []
        for (_, number), (low, high) in zip(pairs, spans, strict=True):
            part = (grade if high is None else min(grade, high)) - low
            if part > 0:
                total += number * part
                texts.append(f"{shown(number)} × {shown(part)} %")
        text = f"({' + '.join(texts)}) / {shown(grade)} % = {shown(total / grade)} {self.unit}"
        return AtGrade(total / grade, text)


def rate_tiers(clause: Treatment | Refining) -> GradeTiers:
    """Return the tiers of a charge, in the unit of the first."""
    analyte = clause.by or (clause.analyte if isinstance(clause, Refining) else "")
    unit = clause.tiers[0].rate.unit
    numbers = tuple(tier.rate.to(unit) for tier in clause.tiers)
    return GradeTiers(analyte, clause.tiers, numbers, unit)


def share_tiers(clause: Participation) -> GradeTiers:
    """Return the tiers of a price participation."""
    numbers = tuple(tier.share_pct for tier in clause.tiers)
    return GradeTiers(clause.by or clause.analyte, clause.tiers, numbers, "%")


def rate_at(clause: Treatment | Refining, grade: Decimal | None, units: Constants) -> Rated:
    """Return a charge at a grade, before its escalator.

    >>> clause = Refining.model_validate({"analyte": "Cu", "basis": "payable", "tier_rate": "whole",
    ...     "tiers": [{"below": "25 %", "rate": "8 c/lb"}, {"from": "25 %", "rate": "6 c/lb"}]})
    >>> [str(rate_at(clause, Decimal(grade), Constants()).rate) for grade in ("24.99", "25")]
    ['8 c/lb', '6 c/lb']
    """
    if not clause.tiers:
        if clause.rate is None:
            return Rated(None, why="the clause has neither a rate nor tiers")
        return Rated(clause.rate, str(clause.rate))
    if isinstance(clause, Treatment) and clause.by is None:
        return Rated(None, why="the clause does not say by whose grade its tiers are")
    how = "whole" if isinstance(clause, Treatment) else clause.tier_rate
    if grade is None:
        return Rated(None)
    tiers = rate_tiers(clause)
    found = tiers.at(grade, how, units)
    if found.value is None:
        return Rated(None, why=found.why)
    return Rated(Quantity(found.value, tiers.unit), found.text)


def rates_of(clause: Treatment | Refining) -> Sequence[Quantity]:
    """Return every rate that a charge may have, before its escalator."""
    own = () if clause.rate is None else (clause.rate,)
    return (*own, *(tier.rate for tier in clause.tiers))
