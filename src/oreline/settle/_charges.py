"""Charges that move: with a price (escalators, participation) or with impurities (penalties)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise, product
from typing import Literal

from oreline.model import InputError
from oreline.settle._clauses import Escalation, EscalationBand, Participation, Penalty, Reckoning
from oreline.settle._exchange_rule import EXACT
from oreline.settle._rounding import shown, without_noise
from oreline.settle._steps import RECKONINGS, step_count
from oreline.settle._units import Constants, Quantity, currency_of

Reading = Literal["marginal", "whole_excess"]
READINGS: tuple[Reading, ...] = ("marginal", "whole_excess")


@dataclass(frozen=True, slots=True)
class Rated:
    """A rate with its unit and how it comes about.

    ``rate`` is None where it is UNKNOWN; ``why`` then says why.
    """

    rate: Quantity | None
    formula: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Charged:
    """What a penalty clause charges at some grades, a positive ``rate`` being a deduction.

    ``rejected``: the goods may be refused, and nothing is settled. Where ``rate`` is None, ``why``
    says why it is UNKNOWN or that the goods are rejected. Only where a clause does nothing but
    reject, and does not, are both empty: nothing is charged.
    """

    rate: Quantity | None
    rejected: bool = False
    formula: str = ""
    why: str = ""


def escalated_rate(
    rate: Quantity,
    escalation: Escalation | None,
    price_per_t: Decimal | None,
    units: Constants | None = None,
) -> Rated:
    """Return a treatment or refining charge at a price.

    Each band adds ``change`` for every ``per`` of price beyond the base, downwards below the base.
    The limit of a band belongs to the band that is nearer to the base. Where no band lies, between
    the base and the first band or, if each part counts at its own rate, beyond the last, the charge
    does not move. It may become zero or negative.

    Parameters
    ----------
    rate
        The charge at the base price.
    escalation
        How it moves; None leaves it as it is.
    price_per_t
        The price of the escalator, per tonne, in the currency of its base.
    units
        The constants of the contract.

    Raises
    ------
    UnitError
        If a band changes the charge in another dimension than the charge has.

    >>> zinc = Escalation.model_validate({"base": "1000 USD/t", "price": "zn", "steps": "pro_rata",
    ...     "reading": "marginal", "bands": [
    ...     {"to": "1000 USD/t", "change": "0.145 USD/dmt", "per": "1 USD/t"},
    ...     {"from": "1000 USD/t", "to": "1100 USD/t", "change": "0.15 USD/dmt", "per": "1 USD/t"},
    ...     {"from": "1100 USD/t", "change": "0.16 USD/dmt", "per": "1 USD/t"}]})
    >>> print(escalated_rate(Quantity(Decimal(100), "USD/dmt"), zinc, Decimal(1150)).rate)
    123.00 USD/dmt
    """
    if escalation is None:
        return Rated(rate, str(rate))
    if price_per_t is None:
        return Rated(None, why=f"the price {escalation.price} of the escalator is unknown")
    units = units or Constants()
    readings = READINGS if escalation.reading is None else (escalation.reading,)
    ways = RECKONINGS if escalation.steps is None else (escalation.steps,)
    with localcontext(EXACT):
        price = _price_as_base(escalation, price_per_t, units)
        if any(band.per.value <= 0 for band in escalation.bands):
            return Rated(None, why="a band of the escalator moves for every zero or less of price")
        if bands_overlap(escalation, units):
            return Rated(None, why="two bands of the escalator hold for the same price")
        found = {
            (reading, steps): _escalated(rate, escalation, price, (reading, steps), units)
            for reading, steps in product(readings, ways)
        }
    results = list(found.values())
    if all(one.rate == results[0].rate for one in results):
        return results[0]
    named = "; ".join(
        f"{reading}, {steps}: {one.rate or one.why}" for (reading, steps), one in found.items()
    )
    return Rated(None, why=f"the escalator can be read in several ways: {named}")


def _price_as_base(escalation: Escalation, price_per_t: Decimal, units: Constants) -> Decimal:
    """Return the price in the unit of the base, in which whole steps are counted."""
    currency = currency_of(escalation.base.unit)
    price = Quantity(price_per_t, f"{currency}/t").to(escalation.base.unit, units)
    return without_noise(price)


def band_limits(
    band: EscalationBand, escalation: Escalation, units: Constants
) -> tuple[Decimal | None, Decimal | None]:
    """Return where a band begins and ends, in the unit of the base; None where it is open."""
    unit = escalation.base.unit
    ends = (band.from_, band.to)
    low, high = (None if end is None else without_noise(end.to(unit, units)) for end in ends)
    return low, high


def bands_overlap(escalation: Escalation, units: Constants) -> bool:
    """Return whether two bands hold for the same price, other than at their ends."""
    limits = [band_limits(band, escalation, units) for band in escalation.bands]
    by_low = sorted(limits, key=lambda one: Decimal("-Infinity") if one[0] is None else one[0])
    return any(
        lower[1] is None or upper[0] is None or upper[0] < lower[1]
        for lower, upper in pairwise(by_low)
    )


def _escalated(
    rate: Quantity,
    escalation: Escalation,
    price: Decimal,
    how: tuple[Reading, Reckoning],
    units: Constants,
) -> Rated:
    """Return the rate under one reading, at a price in the unit of the base."""
    base, unit = escalation.base.value, escalation.base.unit
    if price == base:
        return Rated(rate, f"{rate} at the base of {escalation.base}")
    reading, steps = how
    sign = 1 if price > base else -1
    parts = []
    for band in escalation.bands:
        part = _part(band_limits(band, escalation, units), base, price)
        if part is not None:
            parts.append((part, band))
    if reading == "whole_excess" and parts:
        if not any(part.holds_price for part, _ in parts):
            why = f"{shown(price)} {unit} lies beyond the bands of the escalator or between two"
            return Rated(None, why=why)
        parts = [
            (_Part(abs(price - base), holds_price=True), band)
            for part, band in parts
            if part.holds_price
        ]
    value, text = rate.value, str(rate)
    for part, band in parts:
        per, change = band.per.to(unit, units), band.change.to(rate.unit, units)
        value += sign * change * step_count(part.length, per, steps)
        word = "+" if sign > 0 else "-"
        text += f" {word} {band.change} × {shown(part.length)} {unit} / {band.per}"
        text += "" if steps == "pro_rata" else f" ({steps})"
    return Rated(Quantity(value, rate.unit), f"{text} = {shown(value)} {rate.unit}")


@dataclass(frozen=True, slots=True)
class _Part:
    """How much of the way from the base to the price lies in a band, and if the price does."""

    length: Decimal
    holds_price: bool


def _part(
    limits: tuple[Decimal | None, Decimal | None], base: Decimal, price: Decimal
) -> _Part | None:
    low, high = limits
    start = min(base, price) if low is None else max(low, min(base, price))
    end = max(base, price) if high is None else min(high, max(base, price))
    if end <= start:
        return None
    return _Part(end - start, holds_price=price in (start, end))


def escalated_by_year(amount: Quantity, pct_per_year: Decimal, year: int) -> Quantity:
    """Return an amount or a rate of a contract's year, which grows by a percentage each year.

    >>> print(escalated_by_year(Quantity(Decimal(100), "USD/dmt"), Decimal(2), 3))
    104.0400 USD/dmt

    Raises
    ------
    InputError
        If the year is before the first, which has the amount as it is.
    """
    if year < 1:
        raise InputError(f"there is no year {year} of a contract; the first is 1")
    with localcontext(EXACT):
        return Quantity(amount.value * (1 + pct_per_year / 100) ** (year - 1), amount.unit)


def participation_per_t(
    clause: Participation, price_per_t: Decimal | None, units: Constants | None = None
) -> Rated:
    """Return the share of a price beyond a base, per tonne of payable content.

    Positive amounts go to the seller. ``above``: share × (price - base) where the price is higher;
    ``below``: share × (base - price) where it is lower; ``both``: share × (price - base), so that
    who takes part in the gain bears the loss. ``cap`` limits the amount either way.

    >>> floor = Participation.model_validate({"analyte": "NdPrO", "price": "ndpr",
    ...     "base": "110 USD/kg", "share_pct": "100", "side": "below"})
    >>> [str(participation_per_t(floor, Decimal(p)).rate) for p in ("60000", "130000")]
    ['50000 USD/t', '0 USD/t']
    """
    if price_per_t is None:
        return Rated(None, why=f"the price {clause.price} is unknown")
    if clause.share_pct is None:
        return Rated(None, why=f"the participation in {clause.analyte} says no share")
    units = units or Constants()
    unit = f"{currency_of(clause.base.unit)}/t"
    base, price = clause.base.to(unit, units), without_noise(price_per_t)
    with localcontext(EXACT):
        beyond = price - base
        text = f"{clause.share_pct:f} % × ({shown(price)} - {shown(base)}) {unit}"
        if clause.side == "above":
            beyond = max(Decimal(0), beyond)
        elif clause.side == "below":
            beyond = max(Decimal(0), -beyond)
            text = f"{clause.share_pct:f} % × ({shown(base)} - {shown(price)}) {unit}"
        amount = clause.share_pct / 100 * beyond
        if clause.cap is not None:
            most = clause.cap.to(unit, units)
            amount = max(-most, min(most, amount))
            text += f", at most {clause.cap}"
        amount = amount if amount else Decimal(0)
    return Rated(Quantity(amount, unit), f"{text} = {shown(amount)} {unit}")


def penalty_rate(
    clause: Penalty, grades_pct: Mapping[str, Decimal], units: Constants | None = None
) -> Charged:
    """Return what a penalty clause charges at some grades.

    Thresholds, bands and the rejection limit hold for the sum of the analytes of the clause. An
    incremental penalty is rate × (A - over) / step; a banded one is the rate of the band, limits
    included. A limit is exceeded only above it.

    Parameters
    ----------
    clause
        The penalty clause.
    grades_pct
        Settlement assays by analyte, % of dry mass; one that is not there is UNKNOWN.
    units
        The constants of the contract.

    >>> clause = Penalty.model_validate({"analytes": ["As", "Sb"], "over": "0.4 %",
    ...     "step": "0.1 %", "rate": "3 USD/dmt", "steps": "pro_rata"})
    >>> print(penalty_rate(clause, {"As": Decimal("0.5"), "Sb": Decimal("0.35")}).rate)
    13.5 USD/dmt
    """
    units = units or Constants()
    name = " + ".join(clause.analytes)
    unknown = [analyte for analyte in clause.analytes if analyte not in grades_pct]
    if unknown:
        return Charged(None, why=f"no settlement assay of {', '.join(unknown)}")
    with localcontext(EXACT):
        total = sum((grades_pct[analyte] for analyte in clause.analytes), Decimal(0))
        written = f"{name} {shown(total)} %"
        if clause.reject is not None and total > clause.reject.to("%", units):
            text = f"{written} exceeds the rejection limit of {clause.reject}"
            return Charged(None, rejected=True, formula=text, why=text)
        if clause.bands:
            return _banded(clause, total, written, units)
        if clause.rate is None:
            if clause.reject is None:
                return Charged(None, why=f"the penalty for {name} has no rate, band or limit")
            return Charged(None, formula=f"{written} does not exceed {clause.reject}: no charge")
        return _incremental(clause, total, written, units)


def _banded(clause: Penalty, total: Decimal, written: str, units: Constants) -> Charged:
    if clause.rate is not None:
        return Charged(None, why="the penalty has both bands and a rate by steps")
    for band in sorted(clause.bands, key=lambda one: one.up_to.to("%", units)):
        if total <= band.up_to.to("%", units):
            rate, text = _capped(clause, band.rate, units)
            return Charged(rate, formula=f"{written}, band up to {band.up_to}: {band.rate}{text}")
    why = f"{written} lies above the last band, and the clause does not say what holds there"
    return Charged(None, why=why)


def _incremental(clause: Penalty, total: Decimal, written: str, units: Constants) -> Charged:
    assert clause.rate is not None
    if clause.over is None or clause.step is None:
        return Charged(None, why="the penalty has a rate but no threshold or no step")
    counted = total if clause.until is None else min(total, clause.until.to("%", units))
    excess = max(Decimal(0), counted - clause.over.to("%", units))
    step = clause.step.to("%", units)
    if step <= 0:
        return Charged(None, why=f"a penalty by steps of {clause.step} has no amount")
    ways = RECKONINGS if clause.steps is None else (clause.steps,)
    found = {
        how: Quantity(clause.rate.value * step_count(excess, step, how), clause.rate.unit)
        for how in ways
    }
    if len({rate.value for rate in found.values()}) > 1:
        named = ", ".join(f"{how} {shown(one.value)} {one.unit}" for how, one in found.items())
        why = f"the clause does not say how a part of a step counts for {written}: {named}"
        return Charged(None, why=why)
    how, rate = next(iter(found.items()))
    upper = written if counted == total else f"{written}, counted to {clause.until},"
    text = f"{clause.rate} × ({upper} - {clause.over}) / {clause.step}"
    text += "" if how == "pro_rata" else f" ({how})"
    if not excess:
        text = f"{written} does not exceed {clause.over}"
    rate, capped = _capped(clause, rate, units)
    return Charged(rate, formula=f"{text} = {shown(rate.value)} {rate.unit}{capped}")


def _capped(clause: Penalty, rate: Quantity, units: Constants) -> tuple[Quantity, str]:
    """Return a rate and, where it exceeds the cap, the cap with words that say so."""
    if clause.cap is None:
        return rate, ""
    most = clause.cap.to(rate.unit, units)
    if rate.value <= most:
        return rate, ""
    return Quantity(most, rate.unit), f", at most {clause.cap}"
