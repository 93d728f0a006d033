"""The terms of a contract in words, clause by clause: what a person reads before a statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oreline.settle._clauses import (
    Basket,
    CalendarClause,
    Clause,
    Escalation,
    Line,
    Participation,
    Payable,
    Payment,
    Penalty,
    PriceClause,
    QuotationalPeriod,
    Refining,
    Rounding,
    ShareTier,
    Treatment,
    WeightClause,
)
from oreline.settle._contract import Contract
from oreline.settle._payable import tier_text

NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause in words: what it is about, what it says, its number on paper (empty if none)."""

    subject: str
    text: str
    clause: str


_WEIGHTS = {
    "loading": "the weight at loading is final",
    "discharge": "the weight at discharge is final",
    "within_franchise": "the weight at loading where the outturn differs by at most {pct} % of it, "
    "else the weight at discharge",
    "less_franchise": "the weight at loading less {pct} %",
}
_EVENTS = {
    "shipment": "shipment",
    "arrival": "arrival",
    "sealing": "sealing of the samples",
    "delivery_note": "the delivery note",
    "invoice": "the provisional invoice",
    "final_invoice": "the final invoice",
    "signature": "signature",
}
_STAGES = {
    "provisional": "provisional",
    "second_provisional": "second provisional",
    "final": "final",
}


def clause_texts(contract: Contract) -> tuple[ClauseText, ...]:
    """Return every clause of a contract in words, in the order of a paper contract.

    What a clause leaves open is said to be not stated, never filled in.
    """
    return tuple(_texts(contract))


def _texts(contract: Contract) -> Iterator[ClauseText]:
    if contract.delivery is not None:
        delivery = contract.delivery
        told = f"{delivery.incoterm} {delivery.place} (Incoterms 2020)"
        told += f"; title passes {delivery.title_passes or NOT_STATED}"
        told += f"; risk passes {delivery.risk_passes or NOT_STATED}"
        yield _one("Delivery", told, delivery)
    if contract.calendar is not None:
        yield _one("Calendar", _calendar(contract.calendar), contract.calendar)
    if contract.weight is not None:
        yield _one("Weight", _weight(contract.weight), contract.weight)
    if contract.assays is not None:
        yield _one("Assays", _assays(contract), contract.assays)
    for price in contract.prices:
        yield _one(f"Price {price.id}", _price(price), price)
    for payable in contract.payables:
        yield _one(f"{payable.analyte} paid", _payable(payable), payable)
    if contract.basket is not None:
        yield _one("Basket", _basket(contract.basket), contract.basket)
    yield from _charges(contract)
    for line in contract.lines:
        yield _one(line.title, _line(line), line)
    for payment in contract.payments:
        yield _one(f"Payment, {_STAGES[payment.stage]}", _payment(payment), payment)
    constants = contract.constants
    told = f"1 t = {constants.lb_per_t:f} lb; 1 troy oz = {constants.g_per_ozt:f} g"
    yield _one("Constants", told, constants)
    money = contract.rounding
    told = f"lines {_rounding(money.lines)}; total {_rounding(money.total)}"
    yield ClauseText("Rounding of money", told, "")


def _charges(contract: Contract) -> Iterator[ClauseText]:
    if contract.treatment is not None:
        treatment = contract.treatment
        told = f"{_rate(treatment)} on the dry weight{_escalation(treatment.escalation)}"
        yield _one("Treatment charge", told, treatment)
    for refining in contract.refining:
        told = f"{_rate(refining)} on the {refining.basis or NOT_STATED} content"
        told += _escalation(refining.escalation)
        yield _one(f"Refining charge, {refining.analyte}", told, refining)
    for share in contract.participation:
        yield _one(f"Price participation, {share.analyte}", _participation(share), share)
    for penalty in contract.penalties:
        yield _one(f"Penalty, {' + '.join(penalty.analytes)}", _penalty(penalty), penalty)


def _one(subject: str, text: str, clause: Clause) -> ClauseText:
    noted = f"{text}. {clause.note}" if clause.note else text
    return ClauseText(subject, noted, clause.clause or "")


def _calendar(clause: CalendarClause) -> str:
    told = f"days of {clause.time_zone or 'UTC'}"
    if clause.weekend:
        told += f"; weekend {' and '.join(clause.weekend)}"
    if clause.holidays:
        told += f"; {len(clause.holidays)} holidays"
    if clause.counts is not None:
        told += f"; deadlines count {clause.counts.replace('_', ' ')}"
    if clause.last_day is not None:
        moves = clause.last_day == "next_business_day"
        told += "; a last day that is no business day "
        told += "gives way to the next one that is" if moves else "stands"
    return told


def _weight(clause: WeightClause) -> str:
    pct = NOT_STATED if clause.franchise_pct is None else f"{clause.franchise_pct:f}"
    return _WEIGHTS[clause.rule].format(pct=pct)


def _assays(contract: Contract) -> str:
    clause = contract.assays
    assert clause is not None
    if clause.rule != "exchange":
        whose = "the mean of both" if clause.rule == "mean" else f"the {clause.rule}'s alone"
        return f"{whose} settles"
    told = ["exchanged lot by lot"]
    if clause.deadline_days is not None:
        told.append(f"within {clause.deadline_days} days of {_EVENTS[clause.deadline_from]}")
    told += [
        f"{one.analyte} splits at {one.limit}"
        + (f" from {one.from_}" if one.from_ is not None else "")
        + (f" below {one.below}" if one.below is not None else "")
        for one in clause.limits
        if one.limit is not None
    ]
    told.append(f"beyond: {(clause.umpire or NOT_STATED).replace('_', ' ')}")
    told.append(f"a late party: {(clause.late or NOT_STATED).replace('_', ' ')}")
    if clause.umpire_cost is not None or clause.umpire_fee is not None:
        told.append(f"the umpire's cost: {(clause.umpire_cost or NOT_STATED).replace('_', ' ')}")
    if clause.umpire_fee is not None:
        told.append(
            f"{clause.umpire_fee} for each {clause.umpire_fee_per or NOT_STATED}, paid first by: "
            f"{clause.umpire_paid_by or NOT_STATED}"
        )
    return "; ".join(told)


def _price(price: PriceClause) -> str:
    if price.fixed is not None:
        return f"fixed at {price.fixed}"
    told = f"series {price.series or NOT_STATED}, {_period(price.qp)}"
    if price.vat_pct is not None:
        told += f", less {price.vat_pct:f} % value added tax"
    if price.fx is not None:
        told += f", converted with {price.fx}"
    for word, limit in (("at least", price.floor), ("at most", price.cap)):
        if limit is not None:
            told += f", {word} {limit}"
    for option in price.options:
        told += (
            f"; the {option.by} may declare {option.id} ({_period(option.qp)}) until "
            f"{option.declare_within_days} days after {_EVENTS[option.declare_event]}"
        )
    return told


def _period(period: QuotationalPeriod | None) -> str:
    if period is None:
        return f"quotational period {NOT_STATED}"
    event = _EVENTS[period.event] if period.event else NOT_STATED
    if period.kind == "fixed":
        return f"mean of the days from {period.start} to {period.end}"
    if period.kind == "month":
        return f"mean of month {period.offset:+d} of {event}" if period.offset else (
            f"mean of the month of {event}"
        )  # fmt: skip
    if period.kind == "last_published":
        shift = f" {period.offset:+d} days" if period.offset else ""
        return f"last value published on or before {event}{shift}"
    side = "after" if period.side == "after" else "up to"
    including = ", that day included" if period.includes_event else ""
    return f"mean of {period.days} published days {side} {event}{including}"


def _payable(clause: Payable) -> str:
    pct = "" if clause.pct is None else f"{clause.pct:f} %"
    told = {
        "pct": f"{pct} of the content",
        "deduction": f"the grade less {clause.deduction}",
        "pct_min_deduction": f"{pct} of the content, at least {clause.deduction} deducted",
        "excess": f"{pct or '100 %'} of what exceeds {clause.deduction}",
        "tiers": f"by grade ({clause.tier_pays or NOT_STATED})",
    }[clause.method]
    for tier in clause.tiers:
        paid = f"{tier.pct:f} %" if tier.pct is not None else str(tier.pays or tier.deduction)
        ends = [f"from {tier.from_}"] if tier.from_ is not None else []
        ends += [f"below {tier.below}"] if tier.below is not None else []
        ends += [f"up to {tier.up_to}"] if tier.up_to is not None else []
        told += f"; {' '.join(ends) or 'any grade'}: {paid}"
    if clause.over is not None:
        told += f"; nothing at or below {clause.over}"
    if clause.price is not None:
        told += f"; at price {clause.price}"
    return told


def _basket(basket: Basket) -> str:
    items = ", ".join(
        one.analyte
        + (f" {one.payable_pct:f} %" if one.payable_pct is not None else "")
        + (f" at {one.price}" if one.price else "")
        for one in basket.items
    )
    told = f"{basket.aggregate}: {items}"
    if basket.pct_of_basket is not None:
        told += f"; {basket.pct_of_basket:f} % of the basket is paid"
    return told if basket.toll is None else f"{told}; toll {basket.toll} of {basket.aggregate}"


def _rate(clause: Treatment | Refining) -> str:
    return str(clause.rate) if clause.rate is not None else _by_grade(clause)


def _by_grade(clause: Treatment | Refining | Participation) -> str:
    """Return the tiers of a charge or share in words."""
    if not clause.tiers:
        return NOT_STATED
    own = "" if isinstance(clause, Treatment) else clause.analyte
    how = "" if isinstance(clause, Treatment) else f" ({clause.tier_rate or NOT_STATED})"
    tiers = "; ".join(
        f"{f'{one.share_pct:f} %' if isinstance(one, ShareTier) else one.rate} {tier_text(one)}"
        for one in clause.tiers
    )
    return f"by the grade of {clause.by or own or NOT_STATED}{how}: {tiers};"


def _escalation(escalation: Escalation | None) -> str:
    if escalation is None:
        return ""
    bands = "; ".join(
        f"{one.change} for each {one.per}"
        + (f" from {one.from_}" if one.from_ is not None else "")
        + (f" to {one.to}" if one.to is not None else "")
        for one in escalation.bands
    )
    how = (escalation.reading or NOT_STATED).replace("_", " ")
    return f"; moves with {escalation.price} beyond {escalation.base} ({how}): {bands}"


def _participation(clause: Participation) -> str:
    share = f"{clause.share_pct:f} %" if clause.share_pct is not None else _by_grade(clause)
    told = f"{share} of {clause.price} {clause.side} {clause.base}"
    return told if clause.cap is None else f"{told}, at most {clause.cap}"


def _penalty(clause: Penalty) -> str:
    if clause.bands:
        bands = "; ".join(f"up to {one.up_to}: {one.rate}" for one in clause.bands)
        told = f"by band: {bands}"
    else:
        steps = (clause.steps or NOT_STATED).replace("_", " ")
        told = f"{clause.rate} for each {clause.step} above {clause.over} ({steps})"
    if clause.cap is not None:
        told += f"; at most {clause.cap}"
    return told if clause.reject is None else f"{told}; may be refused above {clause.reject}"


def _line(line: Line) -> str:
    if line.rate is not None:
        told = str(line.rate)
    elif line.pct is not None:
        told = f"{line.pct:f} % of the {(line.of or NOT_STATED).replace('_', ' ')}"
    else:
        told = NOT_STATED
    if line.per_year:
        begin = _EVENTS[line.days_from] if line.days_from else NOT_STATED
        end = _EVENTS[line.days_to] if line.days_to else NOT_STATED
        told += f" a year, from {begin} to {end}"
    return f"{told}; positive is for the seller"


def _payment(payment: Payment) -> str:
    told = f"{payment.pct:f} % of the value as known then, less what was paid before"
    if payment.due_event is None:
        return told
    return f"{told}; due {payment.due_days} days after {_EVENTS[payment.due_event]}"


def _rounding(rounding: Rounding) -> str:
    return f"to {rounding.to:f}, a half {'up' if rounding.half == 'up' else 'to even'}"
