"""Calculators of money: what a project pays, costs and owes; none needs a ledger.

Amounts come as decimal text and tables as the text of a CSV file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from oreline.api._answers_formulas import TABLE
from oreline.api._views import View
from oreline.design import check_estimate, cost_range
from oreline.model import Finding, InputError, LimitExceededError, is_fatal
from oreline.plan import (
    Discounting,
    LevyBase,
    PaidAt,
    advance_royalties,
    annuity_payment,
    equivalent_annual_annuity,
    gross_revenue,
    levy_stack,
    net_present_value,
    net_smelter_return,
    parse_rate,
    rates_of_return,
    read_cash_flow,
    read_levies,
)
from oreline.plan import cutoff_grade as cutoff_grade_formula

_AMOUNT = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,15})?")
YEARS_MAX = 500
"""How many payments or years a question may ask for."""


def cash_flow_value(_view: View, table: str, rate: str, discounting: str = "end") -> dict[str, Any]:
    """Return the net present value of a table of flows, every rate of return, and each period.

    Raises
    ------
    InputError
        If the table or the rate cannot be used.
    """
    if discounting not in tuple(Discounting):
        raise InputError(f"discounting is at the end or middle of a period, not {discounting!r}")
    flow, findings = read_cash_flow(table.encode(), TABLE)
    _see_usable(findings)
    assert flow is not None
    found = net_present_value(parse_rate(rate), flow, Discounting(discounting))
    rows = found.to_frame().to_dicts()
    flows = [{name: str(value) for name, value in row.items()} for row in rows]
    return {**found.to_json(), "irr": rates_of_return(flow).to_json(), "flows": flows}


def annuity(
    _view: View,
    rate: str,
    periods: int,
    present_value: str,
    future_value: str = "0",
    *,
    begin: bool = False,
) -> dict[str, Any]:
    """Return the equal payment that pays off a loan; what is paid is negative."""
    _see_few(periods)
    paid_at = PaidAt.BEGIN if begin else PaidAt.END
    loan, rest = _amount(present_value, "present value"), _amount(future_value, "future value")
    payment = annuity_payment(parse_rate(rate), periods, loan, rest, paid_at=paid_at)
    return {
        "payment": f"{payment:f}",
        "total": f"{payment * periods:f}",
        "paid_at": str(paid_at),
        "periods": periods,
        "basis": "derived",
    }


def annual_equivalent(_view: View, rate: str, years: int, npv: str) -> dict[str, Any]:
    """Return the equal yearly amount with a net present value, to compare different lives."""
    _see_few(years)
    found = equivalent_annual_annuity(parse_rate(rate), years, _amount(npv, "net present value"))
    return {"annuity": f"{found:f}", "years": years, "basis": "derived"}


def levies(
    _view: View, table: str, currency: str, bases: Mapping[str, str | None]
) -> dict[str, Any]:
    """Return what each levy of a table takes of its own base; ``bases`` are amounts by name."""
    made, findings = read_levies(table.encode(), TABLE)
    _see_usable(findings)
    given = {
        LevyBase(name): _amount(text, name)
        for name, text in bases.items()
        if text not in {None, ""}
    }
    return levy_stack(made, given, currency).to_json()


def estimate_class(
    _view: View, engineering_pct: str, low_pct: str, high_pct: str, cost: str | None = None
) -> dict[str, Any]:
    """Return whether a claimed accuracy of a cost fits the engineering that is done."""
    low, high = _amount(low_pct, "accuracy below"), _amount(high_pct, "accuracy above")
    told = check_estimate(_amount(engineering_pct, "engineering"), low, high).to_json()
    span = None if cost in {None, ""} else cost_range(_amount(cost, "cost"), low, high)
    return {**told, "range": None if span is None else [f"{end:f}" for end in span]}


def advance(_view: View, instalments: Sequence[str], cap: str, years: int) -> dict[str, Any]:
    """Return the instalments of an advance royalty year by year, until its cap."""
    _see_few(years)
    paid = [_amount(text, "instalment") for text in instalments]
    found = advance_royalties(paid, _amount(cap, "cap"), years)
    return {"years": [one.to_json() for one in found], "basis": "derived"}


def revenue(
    _view: View, tonnes: str, grade_g_t: str, price_per_g: str, recovery: str, cost_per_t: str
) -> dict[str, Any]:
    """Return what ore brings before the costs of selling, and the grade that pays a cost."""
    price, part = _amount(price_per_g, "price"), _amount(recovery, "recovery")
    gross = gross_revenue(_amount(tonnes, "tonnes"), _amount(grade_g_t, "grade"), price, part)
    least = cutoff_grade_formula(_amount(cost_per_t, "cost"), price, part)
    return {"gross": f"{gross:f}", "cutoff_g_t": f"{least:f}", "basis": "derived"}


def smelter_return(
    _view: View,
    gross: str,
    payable: str,
    treatment: str = "0",
    refining: str = "0",
    penalties: str = "0",
    freight: str = "0",
) -> dict[str, Any]:
    """Return gross times payable less treatment, refining, penalties and freight."""
    found = net_smelter_return(
        _amount(gross, "gross value"),
        _amount(payable, "payable part"),
        treatment=_amount(treatment, "treatment"),
        refining=_amount(refining, "refining"),
        penalties=_amount(penalties, "penalties"),
        freight=_amount(freight, "freight"),
    )
    return {"net_smelter_return": f"{found:f}", "basis": "derived"}


def _amount(text: str | None, what: str) -> Decimal:
    written = (text or "").strip()
    if not _AMOUNT.fullmatch(written):
        raise InputError(f"{what}: {written!r} is no number; write digits with a decimal point")
    return Decimal(written)


def _see_few(years: int) -> None:
    if years > YEARS_MAX:
        raise LimitExceededError(f"{years} are more than YEARS_MAX = {YEARS_MAX}")


def _see_usable(findings: Sequence[Finding]) -> None:
    if is_fatal(findings):
        raise InputError("the table cannot be used", findings)
