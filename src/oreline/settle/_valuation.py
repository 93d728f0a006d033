"""What some figures are worth under a contract: rounded lines, their sum, and each analyte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext

from oreline.settle._applied import Applied, Content, Draft
from oreline.settle._clauses import Line, Rounding
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import EXACT
from oreline.settle._figures import Figures, Goods, goods_of
from oreline.settle._lines import line_drafts
from oreline.settle._rounding import rounded_to
from oreline.settle._statement import AnalyteSummary, Missing, Stage, StatementLine, weakest_of
from oreline.settle._umpire_cost import UmpireCharge
from oreline.settle._value_lines import value_drafts

_CLEAN = Context(prec=28)
"""Conversions carry 34 digits; what they leave behind must not decide how a half is rounded."""
_FOR_METAL = {"payable", "basket"}


@dataclass(frozen=True, slots=True)
class Valuation:
    """The lines of figures under a contract; ``net`` is their sum, None where one is UNKNOWN."""

    lines: tuple[StatementLine, ...]
    net: Decimal | None
    goods: tuple[Goods, ...]
    contents: Mapping[str, Content]
    missing: tuple[Missing, ...]


def valuation(
    contract: Contract, figures: Figures, stage: Stage, extra: tuple[Line, ...] = ()
) -> Valuation:
    """Return what figures are worth: each line rounded once, summed over the lots.

    Where a parcel has several lots and the contract does not say what its terms apply to, both are
    reckoned. If they differ nothing is settled, and both are told.
    """
    by_lot = _valued(contract, figures, stage, extra, by_lot=contract.settled_by != "parcel")
    if contract.settled_by is not None or len(figures.lots) < 2:
        return by_lot
    whole = _valued(contract, figures, stage, extra, by_lot=False)
    if whole.net == by_lot.net:
        return by_lot
    why = (
        f"terms by lot give {_told(by_lot.net)}, terms on the mean of the parcel "
        f"{_told(whole.net)} {contract.currency}"
    )
    remedy = 'write settled_by = "lot" or "parcel"'
    gap = Missing("clause", "settled_by", why, remedy)
    return replace(by_lot, missing=(*by_lot.missing, gap))


def _told(amount: Decimal | None) -> str:
    return "UNKNOWN" if amount is None else f"{amount:f}"


def _valued(
    contract: Contract,
    figures: Figures,
    stage: Stage,
    extra: tuple[Line, ...],
    *,
    by_lot: bool,
) -> Valuation:
    with localcontext(EXACT):
        goods = goods_of(figures.lots, by_lot=by_lot)
        if not goods:
            return Valuation((), None, (), {}, ())
        applied = Applied(contract, goods, figures.prices, figures.days, figures.evidence, stage)
        drafts = [*value_drafts(applied), *map(_umpire, figures.umpires)]
        metal = _total(one.amount for one in drafts if one.kind in _FOR_METAL)
        value = _total(one.amount for one in drafts)
        drafts += line_drafts(applied, (*contract.lines, *extra), metal, value)
        lines = _named_apart(_rounded(one, contract.rounding.lines) for one in drafts)
        lines += _rounding_line(lines, contract.rounding.total)
        net = _total(one.amount for one in lines)
    missing = tuple(gap for one in drafts for gap in one.missing)
    return Valuation(tuple(lines), net, goods, applied.contents, missing)


def _umpire(charge: UmpireCharge) -> Draft:
    return Draft(
        f"umpire-{charge.lot}", "umpire", charge.lot, charge.title, charge.clause, charge.formula,
        charge.inputs, charge.amount,
    )  # fmt: skip


def _rounded(draft: Draft, rounding: Rounding) -> StatementLine:
    amount = None if draft.amount is None else rounded_to(clean(draft.amount), rounding)
    basis = weakest_of(*(one.basis for one in draft.inputs))
    return StatementLine(
        draft.id, draft.kind, draft.subject, draft.title, draft.clause, draft.formula, draft.inputs,
        amount, basis, draft.why,
    )  # fmt: skip


def clean(value: Decimal) -> Decimal:
    """Return a value without the digits that a division or a change of unit leaves behind.

    >>> clean(Decimal("0.00499999999999999999999999999999999"))
    Decimal('0.005')
    """
    short = _CLEAN.plus(value).normalize(_CLEAN)
    return Decimal(f"{short:f}")


def _named_apart(lines: Iterable[StatementLine]) -> list[StatementLine]:
    """Return lines with ids of their own: a second penalty on arsenic is ``penalty-As-2``."""
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        seen[line.id] = seen.get(line.id, 0) + 1
        count = seen[line.id]
        found.append(line if count == 1 else replace(line, id=f"{line.id}-{count}"))
    return found


def _rounding_line(lines: list[StatementLine], rounding: Rounding) -> list[StatementLine]:
    """Return the line that rounds the total, none where the lines sum to a rounded total."""
    total = _total(one.amount for one in lines)
    if total is None:
        return []
    difference = rounded_to(total, rounding) - total
    if not difference:
        return []
    formula = f"total to {rounding.to:f}, half {rounding.half}"
    basis = weakest_of(*(one.basis for one in lines))
    return [
        StatementLine(
            "rounding", "line", "rounding", "Rounding of the total", "", formula, (), difference,
            basis,
        )
    ]  # fmt: skip


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def summaries(contract: Contract, figures: Figures, made: Valuation) -> tuple[AnalyteSummary, ...]:
    """Return each paid analyte: its grade, content and price."""
    named = [(one.analyte, one.price) for one in contract.payables]
    if contract.basket is not None:
        named += [(one.analyte, one.price) for one in contract.basket.items]
    return tuple(_summary(analyte, price, figures, made) for analyte, price in named)


def _summary(analyte: str, price: str | None, figures: Figures, made: Valuation) -> AnalyteSummary:
    content = made.contents.get(analyte)
    contained = None if content is None else content.of("contained")
    payable = None if content is None else content.of("payable")
    dry_t = sum((one.dry_t for one in made.goods), Decimal(0))
    grade = None
    if contained is not None and dry_t:
        with localcontext(EXACT):
            grade = clean(contained * 100 / dry_t)
    found = figures.prices.get(price or "")
    return AnalyteSummary(
        analyte,
        grade,
        None if contained is None else clean(contained),
        None if payable is None else clean(payable),
        None if found is None or found.per_t is None else clean(found.per_t),
        None if found is None else found.share,
        "" if found is None else found.month,
    )
