"""What is open in a contract on the umpire's cost: who bears it, who pays it first, for what."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from oreline.settle._ambiguity import Ambiguity, ClauseReading
from oreline.settle._clauses import ExchangeClause
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import CostRule
from oreline.settle._umpire import cost_bearer
from oreline.settle._units import Quantity

_RESULTS = (Decimal("28.50"), Decimal("28.00"), Decimal("28.40"))
_APART = "seller 28.50 %, buyer 28.00 %, umpire 28.40 %"


def umpire_cost_ambiguities(contract: Contract) -> Iterator[Ambiguity]:
    """Yield what is open in the cost of the umpire."""
    clause = contract.assays
    if clause is None:
        return
    number = clause.clause or ""
    if clause.rule == "umpire" and clause.umpire_cost == "further_pays":
        yield Ambiguity(
            "assays.umpire_cost",
            "the umpire alone analyses, so that no party lies further from him than the other",
            'write umpire_cost = "shared", "seller" or "buyer"',
            number=number,
        )
    fee = clause.umpire_fee
    if fee is None:
        return
    if clause.rule in {"seller", "buyer", "mean"} or clause.umpire == "seller":
        message = f"an umpire's fee of {fee} is written, and no umpire is called"
        yield Ambiguity("assays.umpire_fee", message, "leave the fee out", number=number)
        return
    if fee.value <= 0:
        message = f"the umpire's fee is {fee}"
        yield Ambiguity("assays.umpire_fee", message, "write what he takes", number=number)
        return
    yield from _bearer(clause, fee, number)
    yield from _each(clause, fee, number)
    yield from _first(clause, fee, number)


def _bearer(clause: ExchangeClause, fee: Quantity, number: str) -> Iterator[Ambiguity]:
    if clause.umpire_cost is not None:
        return
    readings = []
    for rule in CostRule:
        bearer = cost_bearer(rule, *_RESULTS)
        who = "each party half" if bearer == "shared" else f"the {bearer}"
        readings.append(ClauseReading(rule.value, f"{who} of {fee}"))
    yield Ambiguity(
        "assays.umpire_cost",
        "the umpire has a fee, and it is not written who bears it",
        f"write umpire_cost: one of {', '.join(CostRule)}",
        _APART,
        tuple(readings),
        number,
    )


def _each(clause: ExchangeClause, fee: Quantity, number: str) -> Iterator[Ambiguity]:
    if clause.umpire_fee_per is not None:
        return
    twice = Quantity(fee.value * 2, fee.unit)
    yield Ambiguity(
        "assays.umpire_fee_per",
        "it is not written whether the umpire's fee is for each analyte or for the lot",
        'write umpire_fee_per = "analyte" or "lot"',
        "a lot with two analytes at the umpire",
        (ClauseReading("for each analyte", str(twice)), ClauseReading("for the lot", str(fee))),
        number,
    )


def _first(clause: ExchangeClause, fee: Quantity, number: str) -> Iterator[Ambiguity]:
    if clause.umpire_paid_by is not None:
        return
    half = Quantity(fee.value / 2, fee.unit)
    yield Ambiguity(
        "assays.umpire_paid_by",
        "it is not written who pays the umpire first, so that nobody knows what is owed back",
        'write umpire_paid_by = "seller", "buyer", "halves" or "bearer"',
        "the buyer bears it",
        (
            ClauseReading("the seller pays first", f"the buyer owes {fee}"),
            ClauseReading("in halves", f"the buyer owes {half}"),
            ClauseReading("the buyer, who bears it", f"the buyer owes 0 {fee.unit}"),
        ),
        number,
    )
