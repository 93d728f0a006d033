"""The lines of a statement that are worth something, exactly and before rounding."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from oreline.settle._applied import (
    UNKNOWN,
    Applied,
    Content,
    Draft,
    basis_of,
    bracketed,
    charge_in,
    content_text,
    draft_of,
    escalated,
    place_of,
    rate_gaps,
    sum_of,
)
from oreline.settle._basket import BasketLine, basket_value_per_dmt
from oreline.settle._charges import (
    Rated,
    participation_per_t,
    penalty_rate,
)
from oreline.settle._clauses import (
    Basket,
    Participation,
    Payable,
    Penalty,
    Refining,
    Treatment,
)
from oreline.settle._figures import Goods
from oreline.settle._payable import PaidGrade, payable_grade
from oreline.settle._rounding import shown
from oreline.settle._statement import Input, Missing
from oreline.settle._tiered_lines import by_grade
from oreline.settle._units import Quantity


def value_drafts(applied: Applied) -> Iterator[Draft]:
    """Yield what is paid and charged, clause by clause; payables come before what rests on them."""
    contract = applied.contract
    for payable in contract.payables:
        yield _payable(applied, payable)
    if contract.basket is not None:
        yield from _basket(applied, contract.basket)
    if contract.treatment is not None:
        yield _treatment(applied, contract.treatment)
    for refining in contract.refining:
        yield _refining(applied, refining)
    for participation in contract.participation:
        yield _participation(applied, participation)
    for penalty in contract.penalties:
        yield _penalty(applied, penalty)


def _payable(applied: Applied, clause: Payable) -> Draft:
    analyte = clause.analyte
    contained = applied.contained(analyte)
    paid = [
        None if analyte not in one.grades
        else payable_grade(clause, one.grades[analyte], applied.contract.units)
        for one in applied.goods
    ]  # fmt: skip
    payable_t = tuple(
        None if one is None or one.payable_pct is None else goods.dry_t * one.payable_pct / 100
        for goods, one in zip(applied.goods, paid, strict=True)
    )
    applied.contents[analyte] = Content(contained, payable_t)
    place = place_of(f"payable {analyte}", clause)
    gaps = [
        Missing("clause", f"{place}, {goods.label}", one.why, "complete the payable terms")
        for goods, one in zip(applied.goods, paid, strict=True)
        if one is not None and one.payable_pct is None
    ]
    values = [
        _paid_value(applied, clause, goods, one)
        for goods, one in zip(applied.goods, paid, strict=True)
    ]
    grades = tuple(
        Input(
            f"payable {analyte} {goods.label}", one.payable_pct, "%",
            str(applied.contract.basis), (), one.formula,
        )
        for goods, one in zip(applied.goods, paid, strict=True) if one is not None
    )  # fmt: skip
    inputs = (
        *applied.dry_inputs(), *applied.assay_inputs(analyte), *grades,
        *applied.price_inputs(clause.price),
    )  # fmt: skip
    return draft_of(
        f"payable-{analyte}", "payable", analyte, f"{analyte} paid", clause,
        _paid_formula(applied, clause, paid), inputs, sum_of(values), gaps,
    )  # fmt: skip


def _paid_formula(applied: Applied, clause: Payable, paid: list[PaidGrade | None]) -> str:
    """Return mass × payable grade × price with their numbers, then how the grade comes about.

    Prices by the ounce go with grades by the gram, as they are quoted.
    """
    units, terms = applied.contract.units, []
    price = applied.prices.get(clause.price or "")
    quoted = None if price is None else price.quoted(applied.contract.currency, units)
    for goods, one in zip(applied.goods, paid, strict=True):
        for part in () if one is None else one.parts:
            at = quoted if part.pays is None else part.pays
            by_gram = at is not None and at.unit.endswith(("/oz", "/ozt", "/g"))
            unit = "g/dmt" if by_gram else clause.unit
            grade = shown(Quantity(part.payable_pct, "%").to(unit, units))
            told = UNKNOWN if at is None else f"{shown(at.value)} {at.unit}"
            terms.append(f"{shown(goods.dry_t)} dmt × {grade} {unit} × {told}")
    reasons = [one.formula for one in paid if one is not None and one.formula]
    return "; ".join((" + ".join(terms), *reasons))


def _paid_value(
    applied: Applied, clause: Payable, goods: Goods, paid: PaidGrade | None
) -> Decimal | None:
    """Return what the goods bring for an analyte, each part at its own price."""
    if paid is None or paid.payable_pct is None:
        return None
    value = Decimal(0)
    unit, units = f"{applied.contract.currency}/t", applied.contract.units
    for part in paid.parts:
        price = applied.price(clause.price) if part.pays is None else part.pays.to(unit, units)
        if price is None and part.payable_pct:
            return None
        value += goods.dry_t * part.payable_pct / 100 * (price or Decimal(0))
    return value


def _basket(applied: Applied, basket: Basket) -> Iterator[Draft]:
    prices = {name: one.per_t for name, one in applied.prices.items() if one.per_t is not None}
    found = [
        basket_value_per_dmt(basket, one.grades, prices, applied.contract.units)
        for one in applied.goods
    ]
    for at, item in enumerate(basket.items):
        lines = [one.items[at] for one in found]
        contained = applied.contained(item.analyte)
        applied.contents[item.analyte] = Content(
            contained,
            tuple(_basket_payable(t, line) for t, line in zip(contained, lines, strict=True)),
        )
        inputs = (
            *applied.dry_inputs(), *applied.assay_inputs(item.analyte),
            *applied.price_inputs(item.price),
        )  # fmt: skip
        yield _basket_draft(
            applied, basket, lines, f"basket-{item.analyte}", "basket", f"{item.analyte} in basket",
            inputs,
        )  # fmt: skip
    if basket.toll is not None:
        tolls = [one.toll for one in found if one.toll is not None]
        inputs = (
            *applied.dry_inputs(), *applied.assay_inputs(basket.aggregate),
            applied.term("toll", basket.toll, basket),
        )  # fmt: skip
        yield _basket_draft(applied, basket, tolls, "toll", "toll", "Separation toll", inputs)


def _basket_payable(contained: Decimal | None, line: BasketLine) -> Decimal | None:
    if line.payable_pct == 0:
        return Decimal(0)
    if contained is None or line.payable_pct is None:
        return None
    return contained * line.payable_pct / 100


def _basket_draft(
    applied: Applied,
    basket: Basket,
    lines: list[BasketLine],
    name: str,
    kind: str,
    title: str,
    inputs: tuple[Input, ...],
) -> Draft:
    values = [
        None if line.value is None else goods.dry_t * line.value
        for goods, line in zip(applied.goods, lines, strict=True)
    ]
    subject = name.removeprefix("basket-")
    formula = " + ".join(
        f"{shown(goods.dry_t)} dmt × ({line.formula})"
        for goods, line in zip(applied.goods, lines, strict=True)
        if line.formula
    )
    # Grades and prices that are not there are reported as what they are, once.
    gaps = [
        Missing("clause", place_of(f"basket {subject}", basket), line.why, "complete the basket")
        for line in lines
        if line.value is None and line.payable_pct is None and kind == "basket"
    ]
    return draft_of(name, kind, subject, title, basket, formula, inputs, sum_of(values), gaps)


def _treatment(applied: Applied, clause: Treatment) -> Draft:
    if clause.tiers or clause.rate is None:
        return by_grade(applied, clause, "treatment", "", "Treatment charge")
    rated, inputs = escalated(applied, clause, clause.rate, clause.escalation)
    rate = charge_in(applied, rated, "dmt")
    amount = None if rate is None else -applied.dry_t * rate
    return draft_of(
        "treatment", "treatment", "", "Treatment charge", clause,
        f"- {shown(applied.dry_t)} dmt × {bracketed(rated)}", (*applied.dry_inputs(), *inputs),
        amount, rate_gaps("treatment", clause, rated),
    )  # fmt: skip


def _refining(applied: Applied, clause: Refining) -> Draft:
    analyte, basis = clause.analyte, clause.basis or "payable"
    if clause.tiers or clause.rate is None:
        title = f"{analyte} refining charge"
        return by_grade(applied, clause, f"refining-{analyte}", analyte, title)
    rated, inputs = escalated(applied, clause, clause.rate, clause.escalation)
    rate, content = charge_in(applied, rated, "t"), applied.content(analyte).of(basis)
    amount = None if rate is None or content is None else -content * rate
    gaps = rate_gaps(f"refining {analyte}", clause, rated)
    both = {applied.content(analyte).of(one) for one in ("payable", "contained")}
    if clause.basis is None and len(both) > 1:
        why = "the clause does not say whether payable or contained metal is charged"
        place = place_of(f"refining {analyte}", clause)
        gaps.append(Missing("clause", place, why, 'write basis = "payable" or "contained"'))
    given = Input(f"{basis} {analyte}", content, "t", basis_of(applied, analyte))
    return draft_of(
        f"refining-{analyte}", "refining", analyte, f"{analyte} refining charge", clause,
        f"- {content_text(applied, content, clause.rate)} {basis} {analyte} × {bracketed(rated)}",
        (given, *applied.dry_inputs(), *applied.assay_inputs(analyte), *inputs), amount, gaps,
    )  # fmt: skip


def _participation(applied: Applied, clause: Participation) -> Draft:
    analyte, price = clause.analyte, applied.price(clause.price)
    if clause.tiers:
        title = f"{analyte} price participation"
        return by_grade(applied, clause, f"participation-{analyte}", analyte, title)
    rated = Rated(None)
    if price is not None:
        rated = participation_per_t(clause, price, applied.contract.units)
    rate, content = charge_in(applied, rated, "t"), applied.content(analyte).of("payable")
    amount = None if rate is None or content is None else content * rate
    given = Input(f"payable {analyte}", content, "t", basis_of(applied, analyte))
    inputs = (given, *applied.price_inputs(clause.price), applied.term("base", clause.base, clause))
    gaps = [] if price is None else rate_gaps(f"participation {analyte}", clause, rated)
    return draft_of(
        f"participation-{analyte}", "participation", analyte, f"{analyte} price participation",
        clause, f"{UNKNOWN if content is None else shown(content)} t × {bracketed(rated)}", inputs,
        amount, gaps,
    )  # fmt: skip


def _penalty(applied: Applied, clause: Penalty) -> Draft:
    name = "+".join(clause.analytes)
    found = [_penalised(applied, clause, at) for at in range(len(applied.goods))]
    formulas = [formula for _, formula, _ in found if formula]
    gaps = [gap for _, _, gap in found if gap is not None]
    inputs = (*applied.dry_inputs(), *applied.assay_inputs(*clause.analytes))
    if clause.rate is not None:
        inputs = (*inputs, applied.term("penalty rate", clause.rate, clause))
    title = f"Penalty {' + '.join(clause.analytes)}"
    return draft_of(
        f"penalty-{name}", "penalty", name, title, clause, f"- {' - '.join(formulas)}", inputs,
        sum_of(value for value, _, _ in found), gaps,
    )  # fmt: skip


def _penalised(
    applied: Applied, clause: Penalty, at: int
) -> tuple[Decimal | None, str, Missing | None]:
    """Return what a penalty takes off some of the goods, how, and what keeps it from being known.

    A grade that is not there is reported as such already.
    """
    goods, currency = applied.goods[at], applied.contract.currency
    if any(one not in goods.grades for one in clause.analytes):
        return None, "", None
    charged = penalty_rate(clause, goods.grades, applied.contract.units)
    if charged.rejected or (charged.rate is None and charged.why):
        name = "+".join(clause.analytes)
        place = f"{place_of(f'penalty {name}', clause)}, {goods.label}"
        if charged.rejected:
            remedy = "agree in writing on what holds for these goods"
            return None, charged.formula, Missing("acceptance", place, charged.why, remedy)
        return None, "", Missing("clause", place, charged.why, "complete the penalty")
    rate = charged.rate or Quantity(Decimal(0), f"{currency}/dmt")
    if clause.on is None or charged.rate is None:
        content, unit, mass = goods.dry_t, "dmt", f"{shown(goods.dry_t)} dmt"
    else:
        contained = applied.contained(clause.on)[at]
        if contained is None:
            return None, charged.formula, None
        mass = f"{content_text(applied, contained, rate)} {clause.on}"
        content, unit = contained, "t"
    per = charge_in(applied, Rated(rate), unit)
    value = None if per is None else -content * per
    return value, f"{mass} × ({charged.formula})", None
