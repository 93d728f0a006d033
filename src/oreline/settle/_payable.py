"""What of a grade is paid: a percentage, less a deduction, by tiers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from itertools import pairwise

from oreline.settle._clauses import AnyTier, Payable, Tier
from oreline.settle._exchange_rule import EXACT
from oreline.settle._rounding import rounded_to, shown
from oreline.settle._units import Constants, Quantity

_ALL = Decimal(100)


@dataclass(frozen=True, slots=True)
class PaidPart:
    """A part of the payable grade, in %, and the price that a tier pays for it.

    ``pays`` is None where the price is that of the clause.
    """

    payable_pct: Decimal
    pays: Quantity | None = None


@dataclass(frozen=True, slots=True)
class PaidGrade:
    """The grade that is paid, in % of dry mass, and how it comes about.

    ``payable_pct`` is never negative; it is None where the clause does not say what is paid at this
    grade, and ``why`` then says why. ``tier`` is the one whose terms hold for the whole grade.
    ``parts`` sum to ``payable_pct``; there are several only where marginal tiers pay at prices of
    their own.
    """

    payable_pct: Decimal | None
    formula: str = ""
    why: str = ""
    tier: Tier | None = None
    parts: tuple[PaidPart, ...] = ()


def payable_grade(clause: Payable, grade_pct: Decimal, units: Constants | None = None) -> PaidGrade:
    """Return what of a grade is paid under a clause.

    ``pct``: p·A. ``deduction``: A - d. ``pct_min_deduction``: the lesser of p·A and A - d.
    ``excess``: p·(A - d). Never below zero; nothing at or below ``over``. ``tiers``: the terms of
    the tier in which the grade lies for the whole grade, or those of each tier for the part of the
    grade within it. The result is rounded as the clause says, in its unit.

    Parameters
    ----------
    clause
        The payable clause.
    grade_pct
        The settlement assay, % of dry mass.
    units
        The constants of the contract.

    >>> clause = Payable.model_validate({"analyte": "Cu", "method": "pct_min_deduction",
    ...     "pct": "96.5", "deduction": "1 %", "price": "cu"})
    >>> [payable_grade(clause, Decimal(g)).payable_pct for g in ("24", "30", "0.6")]
    [Decimal('23'), Decimal('28.950'), Decimal('0')]
    """
    if not 0 <= grade_pct <= _ALL:
        return PaidGrade(None, why=f"{grade_pct:f} % of {clause.analyte} is no mass fraction")
    units = units or Constants()
    with localcontext(EXACT):
        if clause.over is not None and grade_pct <= clause.over.to("%", units):
            shown_grade = _in_unit(grade_pct, clause, units)
            formula = f"{shown_grade} does not exceed {clause.over}: nothing"
            return PaidGrade(Decimal(0), formula, parts=(PaidPart(Decimal(0)),))
        if clause.method == "tiers":
            found = _by_tiers(clause, grade_pct, units)
        else:
            found = _by_method(clause, grade_pct, units)
        return _rounded(found, clause, units)


def _by_method(clause: Payable, grade: Decimal, units: Constants) -> PaidGrade:
    needs_pct = clause.method != "deduction"
    needs_deduction = clause.method != "pct"
    if needs_pct and clause.pct is None:
        return PaidGrade(None, why=f"{clause.method} of {clause.analyte} has no percentage")
    if needs_deduction and clause.deduction is None:
        return PaidGrade(None, why=f"{clause.method} of {clause.analyte} has no deduction")
    if clause.method == "excess":
        assert clause.pct is not None
        assert clause.deduction is not None
        left = max(Decimal(0), grade - clause.deduction.to("%", units))
        paid = clause.pct / 100 * left
        text = f"{clause.pct:f} % × ({_in_unit(grade, clause, units)} - {clause.deduction})"
        return _one(paid, _named(text, paid, clause, units))
    pct = clause.pct if needs_pct else None
    deduction = clause.deduction if needs_deduction else None
    return _one(*_terms(clause, grade, pct, deduction, units))


def _terms(
    clause: Payable,
    grade: Decimal,
    pct: Decimal | None,
    deduction: Quantity | None,
    units: Constants,
) -> tuple[Decimal, str]:
    """Return the lesser of the percentage and the grade less the deduction, with its formula."""
    written = _in_unit(grade, clause, units)
    options, texts = [], []
    if pct is not None:
        options.append(pct / 100 * grade)
        texts.append(f"{pct:f} % × {written}")
    if deduction is not None:
        options.append(grade - deduction.to("%", units))
        texts.append(f"{written} - {deduction}")
    paid = max(Decimal(0), min(options, default=grade))
    text = texts[0] if len(texts) == 1 else f"lesser of {' and '.join(texts)}" if texts else written
    return paid, _named(text, paid, clause, units)


def _by_tiers(clause: Payable, grade: Decimal, units: Constants) -> PaidGrade:
    if not clause.tiers:
        return PaidGrade(None, why=f"the payable terms of {clause.analyte} have no tiers")
    if clause.tier_pays == "whole":
        return _whole(clause, grade, units)
    if clause.tier_pays == "marginal":
        return _marginal(clause, grade, units)
    whole, marginal = _whole(clause, grade, units), _marginal(clause, grade, units)
    if whole.parts and whole.parts == marginal.parts:
        return whole
    readings = [
        f"{name}: {found.formula or found.why}"
        for name, found in (("the whole grade", whole), ("the part within it", marginal))
    ]
    why = f"the clause does not say whether a tier pays {' or '.join(readings)}"
    return PaidGrade(None, why=why)


def _whole(clause: Payable, grade: Decimal, units: Constants) -> PaidGrade:
    """Return the terms of the one tier that the grade lies in, for the whole grade."""
    holding = [tier for tier in clause.tiers if tier_holds(tier, grade, units)]
    written = _in_unit(grade, clause, units)
    if not holding:
        return PaidGrade(None, why=_outside(clause, grade, units))
    if len(holding) > 1:
        names = " and ".join(tier_text(tier) for tier in holding)
        return PaidGrade(None, why=f"{written} lies in two tiers of {clause.analyte}: {names}")
    tier = holding[0]
    if says_nothing(tier):
        return PaidGrade(None, why=_unsaid(tier, clause))
    paid, text = _terms(clause, grade, tier.pct, tier.deduction, units)
    text = f"tier {tier_text(tier)}: {text}"
    return PaidGrade(paid, text, tier=tier, parts=(PaidPart(paid, tier.pays),))


def _marginal(clause: Payable, grade: Decimal, units: Constants) -> PaidGrade:
    """Return each tier's terms for the part of the grade that lies within it."""
    tiers = sorted(clause.tiers, key=lambda tier: tier_span(tier, units)[0])
    spans = [tier_span(tier, units) for tier in tiers]
    if spans[0][0] != 0 or any(low[1] != high[0] for low, high in pairwise(spans)):
        why = f"marginal tiers of {clause.analyte} have to begin at zero and touch each other"
        return PaidGrade(None, why=why)
    if any(tier.deduction is not None for tier in tiers):
        why = f"marginal tiers of {clause.analyte} cannot have a deduction from the grade"
        return PaidGrade(None, why=why)
    silent = [tier for tier in tiers if says_nothing(tier)]
    if silent:
        return PaidGrade(None, why=_unsaid(silent[0], clause))
    top = spans[-1][1]
    if top is not None and grade > top:
        return PaidGrade(None, why=_outside(clause, grade, units))
    parts: list[PaidPart] = []
    texts: list[str] = []
    for tier, (low, high) in zip(tiers, spans, strict=True):
        part = (grade if high is None else min(grade, high)) - low
        if part <= 0 and parts:
            continue
        pct = _ALL if tier.pct is None else tier.pct
        parts.append(PaidPart(pct / 100 * part, tier.pays))
        texts.append(f"{pct:f} % × {_in_unit(part, clause, units)}")
    if all(part.pays is None for part in parts):
        parts = [PaidPart(sum((part.payable_pct for part in parts), Decimal(0)))]
    paid = sum((part.payable_pct for part in parts), Decimal(0))
    return PaidGrade(paid, _named(" + ".join(texts), paid, clause, units), parts=tuple(parts))


def says_nothing(tier: Tier) -> bool:
    """Return whether a tier has neither percentage, deduction nor price.

    A price alone pays the whole content.
    """
    return tier.pct is None and tier.deduction is None and tier.pays is None


def _unsaid(tier: Tier, clause: Payable) -> str:
    return f"the tier {tier_text(tier)} of {clause.analyte} does not say what it pays"


def tier_span(tier: AnyTier, units: Constants) -> tuple[Decimal, Decimal | None]:
    """Return where a tier begins and ends, in %; None where it is open above."""
    end = tier.below if tier.below is not None else tier.up_to
    low = Decimal(0) if tier.from_ is None else tier.from_.to("%", units)
    return low, None if end is None else end.to("%", units)


def tier_text(tier: AnyTier) -> str:
    """Return a tier as a contract prints it.

    >>> tier_text(Tier.model_validate({"from": "20 g/dmt", "below": "30 g/dmt", "pct": "91"}))
    'from 20 g/dmt below 30 g/dmt'
    """
    ends = (("from", tier.from_), ("below", tier.below), ("up to", tier.up_to))
    return " ".join(f"{word} {grade}" for word, grade in ends if grade is not None) or "of all"


def tier_holds(tier: AnyTier, grade: Decimal, units: Constants) -> bool:
    """Return whether a grade, in %, lies in a tier."""
    low = tier.from_ is None or grade >= tier.from_.to("%", units)
    below = tier.below is None or grade < tier.below.to("%", units)
    return low and below and (tier.up_to is None or grade <= tier.up_to.to("%", units))


def _outside(clause: Payable, grade: Decimal, units: Constants) -> str:
    """Say where a grade lies for which there is no tier."""
    written = f"{_in_unit(grade, clause, units)} of {clause.analyte}"
    tiers = sorted(clause.tiers, key=lambda tier: tier_span(tier, units)[0])
    if grade < tier_span(tiers[0], units)[0]:
        return f"{written} lies below the first tier, {tier_text(tiers[0])}"
    under = [tier for tier in tiers if tier_span(tier, units)[0] <= grade]
    above = [tier for tier in tiers if tier_span(tier, units)[0] > grade]
    if not above:
        return f"{written} lies above the last tier, {tier_text(under[-1])}"
    between = f"{tier_text(under[-1])} and {tier_text(above[0])}"
    return f"{written} lies in a gap between two tiers: {between}"


def _rounded(found: PaidGrade, clause: Payable, units: Constants) -> PaidGrade:
    """Round what is paid at one price, in the unit of the clause."""
    if found.payable_pct is None or clause.rounding is None:
        return found
    parts = []
    for part in found.parts:
        written = Quantity(part.payable_pct, "%").to(clause.unit, units)
        rounded = Quantity(rounded_to(written, clause.rounding), clause.unit)
        parts.append(replace(part, payable_pct=rounded.to("%", units)))
    paid = sum((part.payable_pct for part in parts), Decimal(0))
    text = f"{found.formula}, rounded to {_in_unit(paid, clause, units)}"
    return replace(found, payable_pct=paid, parts=tuple(parts), formula=text)


def _one(paid: Decimal, formula: str) -> PaidGrade:
    return PaidGrade(paid, formula, parts=(PaidPart(paid),))


def _named(text: str, paid: Decimal, clause: Payable, units: Constants) -> str:
    return f"{text} = {_in_unit(paid, clause, units)}"


def _in_unit(grade: Decimal, clause: Payable, units: Constants) -> str:
    if clause.unit == "%":
        return f"{shown(grade)} %"
    return f"{shown(Quantity(grade, '%').to(clause.unit, units))} {clause.unit}"
