"""The clause of a contract on assays, as the exchange takes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oreline.model import InputError
from oreline.settle._calendar import calendar_of
from oreline.settle._clauses import ExchangeClause, SplittingLimit
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import (
    AnalyteRule,
    AssayRounding,
    CostRule,
    ExchangeRule,
    GradeLimit,
    LateRule,
    NoLimitRule,
    Side,
    TieRule,
    UmpireVariant,
)

_UNITS = {"%": "%", "g/dmt": "g/t", "g/t": "g/t", "ppm": "ppm", "ppb": "ppb"}
"""Units of grade as contracts write them, and as results are written."""
MOISTURE = "H2O"


def exchange_rule(contract: Contract) -> ExchangeRule | None:
    """Return how a contract settles assays, None where it does not say.

    Analytes that are paid or penalised without a clause of their own are part of the exchange, so
    that it stays undecided for them and not silent.

    Raises
    ------
    InputError
        If a limit is in a unit that results are not written in, or two hold for one grade.
    """
    clause = contract.assays
    if clause is None:
        return None
    by_analyte: dict[str, list[SplittingLimit]] = {name: [] for name in _settled(contract)}
    for limit in clause.limits:
        by_analyte.setdefault(limit.analyte, []).append(limit)
    analytes = tuple(
        _analyte_rule(name, limits, clause) for name, limits in sorted(by_analyte.items())
    )
    sole = Side(clause.rule) if clause.rule in {"seller", "buyer", "umpire"} else None
    return ExchangeRule(
        analytes=analytes,
        variant=None if clause.umpire is None else UmpireVariant(clause.umpire),
        tie=None if clause.tie is None else TieRule(clause.tie),
        cost=None if clause.umpire_cost is None else CostRule(clause.umpire_cost),
        late=None if clause.late is None else LateRule(clause.late),
        days=clause.deadline_days,
        days_from=clause.deadline_from,
        open_days=clause.open_days,
        sole=sole,
        clause=clause.clause or "",
        calendar=calendar_of(contract.calendar),
    )


def parties_of(contract: Contract) -> dict[Side, str]:
    """Return who sells and who buys."""
    return {Side.SELLER: contract.seller, Side.BUYER: contract.buyer}


def _settled(contract: Contract) -> Iterable[str]:
    """Yield what a contract pays for or penalises."""
    for payable in contract.payables:
        yield payable.analyte
    for penalty in contract.penalties:
        yield from penalty.analytes
    if contract.basket is not None:
        yield contract.basket.aggregate
        for item in contract.basket.items:
            yield item.analyte
    for charge in (contract.treatment, *contract.refining, *contract.participation):
        if charge is not None and charge.tiers and charge.by is not None:
            yield charge.by


def _analyte_rule(
    analyte: str, limits: Sequence[SplittingLimit], clause: ExchangeClause
) -> AnalyteRule:
    if not limits:
        no_limit = NoLimitRule.MEAN if clause.rule == "mean" else None
        return AnalyteRule(analyte, "%", no_limit=no_limit, clause=clause.clause or "")
    first = limits[0]
    unit = _UNITS.get(first.unit)
    if unit is None:
        raise InputError(
            f"{first.unit!r} is no unit in which {analyte} is exchanged; write % or g/dmt"
        )
    same = (first.unit, first.rounding, first.round_results)
    if any((one.unit, one.rounding, one.round_results) != same for one in limits):
        raise InputError(f"the limits of {analyte} differ in unit or rounding; write them alike")
    rounding = None
    if first.rounding is not None:
        rounding = AssayRounding(first.rounding.to, first.rounding.half == "even")
    wanted = "mean" if clause.rule == "mean" else first.no_limit
    grades = () if clause.rule == "mean" else tuple(_limits(limits))
    return AnalyteRule(
        analyte,
        unit,
        grades,
        None if wanted is None else NoLimitRule(wanted),
        rounding,
        first.round_results,
        first.clause or clause.clause or "",
    )


def _limits(limits: Sequence[SplittingLimit]) -> Iterable[GradeLimit]:
    for one in limits:
        if one.limit is not None:
            yield GradeLimit(
                one.limit.to(one.unit),
                None if one.from_ is None else one.from_.to(one.unit),
                None if one.below is None else one.below.to(one.unit),
                one.clause or "",
            )
